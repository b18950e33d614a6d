#!/usr/bin/env python3
"""The requests that clients of Loki send, as they send them, and what they look for in the answers.

None of these programs is in Debian, so their requests stand here: parameters, headers and bodies as
each of them forms them.
"""

import gzip
import json
import time
import urllib.parse

import harness
from loki import NANOSECONDS
from remote_write import field, snappy, varint
from websocket import WebSocket

CATEGORIZE = {"X-Loki-Response-Encoding-Flags": "categorize-labels"}


def target(path, **parameters):
    return path + "?" + urllib.parse.urlencode(parameters, doseq=True)


def iso(ns):
    seconds, rest = divmod(ns, NANOSECONDS)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest // 1_000_000:03}Z"


def push_request(labels, entries):
    """logproto.PushRequest, labels as text, of [(ns, line, {metadata})]."""
    stream = field(1, labels.encode())
    for ns, line, metadata in entries:
        seconds, nanos = divmod(ns, NANOSECONDS)
        when = b"\x08" + varint(seconds) + b"\x10" + varint(nanos)
        entry = field(1, when) + field(2, line.encode())
        for name, value in metadata.items():
            entry += field(3, field(1, name.encode()) + field(2, value.encode()))
        stream += field(2, entry)
    return field(1, stream)


class ClientCase(harness.Case):
    """A daemon with lines of a shop: 20 of `web`, every fourth an error, and 5 of `db`."""

    def setUp(self):
        super().setUp()
        self.server = self.daemon(*self.arguments())
        self.client = self.server.client
        self.now = time.time_ns()
        lines = [json.dumps({"level": "error" if i % 4 == 0 else "info", "status": 500 if i % 4 == 0
                             else 200, "path": f"/item/{i}", "took": f"{i}ms"}) for i in range(20)]
        self.begin = self.now - 60 * NANOSECONDS
        self.server.push({"app": "web", "namespace": "shop"}, lines, self.begin)
        self.server.push({"app": "db", "namespace": "shop"}, [f"query {i}" for i in range(5)],
                         self.begin)

    def arguments(self):
        return ()

    def get(self, path, headers=None, **parameters):
        answer = self.client.get(target(path, **parameters), headers)
        self.assertEqual(answer.status, 200, f"{path} {parameters}: {answer.text}")
        self.assertTrue(answer.headers["content-type"].startswith("application/json"))
        if answer.headers.get("content-encoding") == "gzip":
            answer.body = gzip.decompress(answer.body)
        return answer.json


class GrafanaTest(ClientCase):
    """The Loki data source's backend, and Explore."""

    def range(self, since=3600):
        return {"start": self.now - since * NANOSECONDS, "end": self.now + 60 * NANOSECONDS}

    def query_range(self, query, source="datasample", **more):
        headers = {**CATEGORIZE, "X-Query-Tags": f"Source={source}", "Accept-Encoding": "gzip",
                   "User-Agent": "Grafana/11.0.0"}
        parameters = {"direction": "backward", "limit": 1000, "step": "15000ms", **self.range(),
                      "query": query, **more}
        return self.get("/loki/api/v1/query_range", headers, **parameters)

    def test_health(self):
        body = self.get("/loki/api/v1/query", direction="backward", query="vector(1)+vector(1)",
                        time=4_000_000_000)
        self.assertEqual(body["status"], "success")
        self.assertEqual(body["data"]["resultType"], "vector")
        self.assertEqual(len(body["data"]["result"]), 1)
        self.assertEqual(body["data"]["result"][0]["value"][1], "2")

    def test_lines_with_categories(self):
        body = self.query_range('{app="web"} | json')
        self.assertEqual(body["data"]["encodingFlags"], ["categorize-labels"])
        streams = body["data"]["result"]
        self.assertEqual([s["stream"] for s in streams],
                         [{"app": "web", "namespace": "shop", "service_name": "web"}])
        ns, _, extra = streams[0]["values"][0]
        self.assertEqual(int(ns), self.begin + 19)
        self.assertEqual(extra["parsed"]["path"], "/item/19")
        summary = body["data"]["stats"]["summary"]
        for key in ("bytesProcessedPerSecond", "linesProcessedPerSecond", "totalBytesProcessed",
                    "totalLinesProcessed", "execTime", "queueTime", "subqueries", "splits",
                    "shards", "totalEntriesReturned"):
            self.assertIn(key, summary)
        self.assertEqual(summary["totalEntriesReturned"], 20)
        self.assertEqual(summary["splits"], summary["subqueries"])
        self.assertGreaterEqual(summary["splits"], 1)
        self.assertGreater(summary["queueTime"], 0)
        self.assertNotIn("warnings", body)

    def test_metric_over_steps(self):
        body = self.query_range('sum by (app) (count_over_time({namespace="shop"} [5m]))')
        self.assertEqual(body["data"]["resultType"], "matrix")
        last = {s["metric"]["app"]: s["values"][-1][1] for s in body["data"]["result"]}
        self.assertEqual(last, {"web": "20", "db": "5"})

    def test_log_volume(self):
        body = self.query_range('sum by (level, detected_level) (count_over_time({app="web"} '
                                '| drop __error__[15s]))', "logvolhist")
        counts = {s["metric"]["detected_level"]: sum(float(v) for _, v in s["values"])
                  for s in body["data"]["result"]}
        self.assertEqual(counts, {"error": 5, "info": 15})

    def test_context_is_two_queries(self):
        at = self.begin + 10
        back = self.query_range('{app="web"}', limit=10, start=at - 7200 * NANOSECONDS, end=at,
                                direction="BACKWARD")
        ahead = self.query_range('{app="web"}', limit=10, start=at, end=at + 7200 * NANOSECONDS,
                                 direction="FORWARD")
        times = [int(v[0]) for v in back["data"]["result"][0]["values"]]
        self.assertEqual(times, list(range(at - 1, at - 11, -1)))
        times = [int(v[0]) for v in ahead["data"]["result"][0]["values"]]
        self.assertEqual(times, list(range(at, at + 10)))

    def test_long_queries_come_as_a_form(self):
        form = urllib.parse.urlencode({"query": '{app="web"} |= "' + "/item/1" + '"', "limit": 5,
                                       **self.range()})
        answer = self.client.post("/loki/api/v1/query_range", form.encode(), {
            "Content-Type": "application/x-www-form-urlencoded", **CATEGORIZE})
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(len(answer.json["data"]["result"][0]["values"]), 5)

    def test_labels_and_series(self):
        names = self.get("/loki/api/v1/labels", **self.range())["data"]
        self.assertEqual(names, ["app", "namespace", "service_name"])
        values = self.get("/loki/api/v1/label/app/values", query='{namespace="shop"}',
                          **self.range())["data"]
        self.assertEqual(values, ["db", "web"])
        self.assertEqual(self.get("/loki/api/v1/label/nope/values", **self.range())["data"], [])
        series = self.get("/loki/api/v1/series", **{"match[]": '{app="web"}'}, **self.range())
        self.assertEqual(series["data"], [{"app": "web", "namespace": "shop",
                                           "service_name": "web"}])
        found = self.get("/loki/api/v1/detected_labels", **self.range())["detectedLabels"]
        self.assertIn({"label": "app", "cardinality": 2}, found)

    def test_size_hint_format_and_patterns(self):
        stats = self.get("/loki/api/v1/index/stats", query='{app="web"}', **self.range())
        self.assertEqual((stats["streams"], stats["entries"]), (1, 20))
        self.assertGreater(stats["bytes"], 0)
        body = self.get("/loki/api/v1/format_query", query='{app="web"}|json')
        self.assertEqual(body, {"status": "success", "data": '{app="web"} | json'})
        patterns = self.get("/loki/api/v1/patterns", query='{app="db"}', **self.range())["data"]
        self.assertEqual(patterns[0]["pattern"], "query <_>")

    def test_errors_are_text_with_their_place(self):
        answer = self.client.get(target("/loki/api/v1/query_range", query='{app="web"} |= ',
                                        **self.range()))
        self.assertEqual(answer.status, 400)
        self.assertTrue(answer.headers["content-type"].startswith("text/plain"))
        self.assertIn("parse error at line 1, col ", answer.text)
        answer = self.client.get(target("/loki/api/v1/query", query='{app="web"}'))
        self.assertEqual(answer.status, 400)
        self.assertIn("log queries are not supported as an instant query type", answer.text)

    def test_live_tail(self):
        socket = WebSocket(self.server.port, target("/loki/api/v1/tail", query='{app="web"}',
                                                    limit=3), CATEGORIZE)
        self.addCleanup(socket.close)
        history = socket.receive()
        self.assertEqual(len(history["streams"][0]["values"]), 3)
        self.assertEqual(history["encodingFlags"], ["categorize-labels"])
        self.server.push({"app": "web", "namespace": "shop"}, ["live"])
        self.assertEqual(socket.receive()["streams"][0]["values"][0][1], "live")

    def test_alerting_finds_out_whom_it_speaks_to(self):
        info = self.get("/loki/api/v1/status/buildinfo")
        self.assertTrue(info["version"].startswith("3."))
        rules = self.client.get("/loki/api/v1/rules")
        self.assertIn(rules.status, (200, 404))
        self.assertEqual(self.get("/prometheus/api/v1/rules")["status"], "success")


class DrilldownTest(ClientCase):
    """Logs Drilldown: what its pages ask for. It wants levels."""

    def range(self):
        return {"start": iso(self.now - 3600 * NANOSECONDS), "end": iso(self.now + NANOSECONDS)}

    def test_services_by_volume(self):
        body = self.get("/loki/api/v1/index/volume", query='{service_name=~`.+`}', limit=5000,
                        targetLabels="service_name", **self.range())
        names = [s["metric"]["service_name"] for s in body["data"]["result"]]
        self.assertEqual(names, ["web", "db"])
        values = self.get("/loki/api/v1/label/service_name/values", **self.range())["data"]
        self.assertEqual(values, ["db", "web"])

    def test_levels(self):
        body = self.get("/loki/api/v1/query_range", CATEGORIZE, step="60000ms",
                        query='sum(count_over_time({service_name="web"}[1h])) by (detected_level)',
                        **self.range())
        last = {s["metric"].get("detected_level", ""): s["values"][-1][1]
                for s in body["data"]["result"]}
        self.assertEqual(last, {"error": "5", "info": "15"})
        body = self.get("/loki/api/v1/query_range", CATEGORIZE, limit=100,
                        query='{service_name="web"} | detected_level="error"', **self.range())
        lines = [v for s in body["data"]["result"] for v in s["values"]]
        self.assertEqual(len(lines), 5)
        self.assertEqual(lines[0][2]["structuredMetadata"], {"detected_level": "error"})

    def test_fields_and_their_values(self):
        found = self.get("/loki/api/v1/detected_fields", query='{service_name="web"}',
                         line_limit=1000, **self.range())["fields"]
        fields = {f["label"]: f for f in found}
        self.assertEqual(fields["status"]["type"], "int")
        self.assertEqual(fields["took"]["type"], "duration")
        self.assertEqual(fields["path"]["cardinality"], 20)
        self.assertEqual(fields["path"]["parsers"], ["json"])
        values = self.get("/loki/api/v1/detected_field/status/values",
                          query='{service_name="web"}', **self.range())["values"]
        self.assertEqual(sorted(values), ["200", "500"])

    def test_limits(self):
        body = self.get("/loki/api/v1/drilldown-limits")
        for key in ("discover_log_levels", "discover_service_name", "log_level_fields",
                    "max_entries_limit_per_query", "max_query_length", "max_query_series",
                    "query_timeout", "retention_period", "volume_enabled", "volume_max_series"):
            self.assertIn(key, body["limits"])
        self.assertTrue(body["limits"]["volume_enabled"])
        self.assertTrue(body["limits"]["discover_log_levels"])


class LogcliTest(ClientCase):
    def range(self):
        return {"start": self.now - 3600 * NANOSECONDS, "end": self.now + NANOSECONDS}

    def test_query_pages_back_through_time(self):
        seen = []
        end = self.range()["end"]
        while True:
            body = self.get("/loki/api/v1/query_range", direction="BACKWARD", limit=7,
                            query='{app="web"}', start=self.range()["start"], end=end)
            page = sorted((int(ns) for s in body["data"]["result"] for ns, *_ in s["values"]),
                          reverse=True)
            if not page:
                break
            seen += page
            end = page[-1]
        self.assertEqual(seen, [self.begin + i for i in range(19, -1, -1)])

    def test_instant_query_labels_series_stats_volume(self):
        body = self.get("/loki/api/v1/query", direction="BACKWARD", limit=30, time=self.now,
                        query='count_over_time({app="db"}[1h])')
        self.assertEqual(body["data"]["result"][0]["value"][1], "5")
        self.assertIn("app", self.get("/loki/api/v1/labels", **self.range())["data"])
        series = self.get("/loki/api/v1/series", match='{namespace="shop"}', **self.range())
        self.assertEqual(len(series["data"]), 2)
        stats = self.get("/loki/api/v1/index/stats", query='{app="db"}', **self.range())
        self.assertEqual(stats["entries"], 5)
        volume = self.get("/loki/api/v1/index/volume", query='{namespace="shop"}', limit=30,
                          aggregateBy="series", **self.range())
        self.assertEqual(volume["data"]["resultType"], "vector")
        volumes = self.get("/loki/api/v1/index/volume_range", query='{namespace="shop"}', limit=30,
                           step=600, aggregateBy="series", **self.range())
        self.assertEqual(volumes["data"]["resultType"], "matrix")

    def test_tail_and_delete(self):
        socket = WebSocket(self.server.port, target("/loki/api/v1/tail", query='{app="db"}',
                                                    limit=30, delay_for=0,
                                                    start=self.range()["start"]))
        self.addCleanup(socket.close)
        self.assertEqual(len(socket.receive()["streams"][0]["values"]), 5)
        answer = self.client.post(target("/loki/api/v1/delete", query='{app="db"} |= "query 3"',
                                         start=self.now // NANOSECONDS - 3600), b"")
        self.assertEqual(answer.status, 204, answer.text)
        self.assertEqual(len(self.server.lines('{app="db"}')), 4)
        self.assertEqual(len(self.get("/loki/api/v1/delete")), 1)

    def test_clients_from_before_1_0(self):
        body = self.get("/api/prom/query", query='{app="db"}', limit=2, regexp="query [34]",
                        **self.range())
        entries = body["streams"][0]["entries"]
        self.assertEqual([e["line"] for e in entries], ["query 4", "query 3"])
        self.assertIn('app="db"', body["streams"][0]["labels"])
        self.assertEqual(self.get("/api/prom/label")["values"],
                         ["app", "namespace", "service_name"])
        self.assertEqual(self.get("/api/prom/label/app/values")["values"], ["db", "web"])
        socket = WebSocket(self.server.port, target("/api/prom/tail", query='{app="db"}'))
        self.addCleanup(socket.close)
        self.assertEqual(len(socket.receive()["streams"][0]["entries"]), 5)


class ShipperTest(harness.Case):
    """What pushes: success is 204, a wrong batch 400 (it is dropped), too much 429 (sent again)."""

    def setUp(self):
        super().setUp()
        self.server = self.daemon()
        self.now = time.time_ns()

    def push(self, body, headers):
        return self.server.client.post("/loki/api/v1/push", body, headers)

    def stream_of(self, query):
        found = self.server.query_range(query, self.now - 3600 * NANOSECONDS,
                                        self.now + 3600 * NANOSECONDS)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_promtail_and_alloy(self):
        body = snappy(push_request('{job="varlogs", filename="/var/log/syslog"}',
                                   [(self.now + i, f"line {i}", {"trace_id": "abc"})
                                    for i in range(3)]))
        for headers in ({"User-Agent": "promtail/3.0.0"}, {"Content-Encoding": "snappy"}):
            answer = self.push(body, {"Content-Type": "application/x-protobuf", **headers})
            self.assertEqual((answer.status, answer.body), (204, b""))
        stream = self.stream_of('{job="varlogs"}')
        self.assertEqual(stream["stream"]["trace_id"], "abc")
        self.assertEqual(stream["stream"]["service_name"], "varlogs")
        self.assertEqual(len(stream["values"]), 6)
        answer = self.push(b"not snappy", {"Content-Type": "application/x-protobuf"})
        self.assertEqual(answer.status, 400)

    def test_fluent_bit(self):
        document = {"streams": [{"stream": {"job": "fluent-bit"}, "values": [
            [str(self.now), '{"log":"hello"}', {"kubernetes_pod": "web-1"}],
            [str(self.now + 1), "plain"]]}]}
        body = json.dumps(document).encode()
        plain = {"Content-Type": "application/json", "User-Agent": "Fluent-Bit"}
        self.assertEqual(self.push(body, plain).status, 204)
        packed = self.push(gzip.compress(body), {**plain, "Content-Encoding": "gzip"})
        self.assertEqual(packed.status, 204, packed.text)
        lines = self.server.lines('{job="fluent-bit"} | kubernetes_pod="web-1"')
        self.assertEqual(lines, ['{"log":"hello"}'] * 2)

    def test_vector(self):
        self.assertEqual(self.server.client.get("/ready").status, 200)
        body = json.dumps({"streams": [{"stream": {"forwarder": "vector"}, "values": [
            [str(self.now), "a", {}], [str(self.now), "a", {}]]}]}).encode()
        answer = self.push(body, {"Content-Type": "application/json"})
        self.assertEqual((answer.status, answer.body), (204, b""))
        # The same line at the same time twice is two lines.
        self.assertEqual(self.server.lines('{forwarder="vector"}'), ["a", "a"])
        proto = snappy(push_request('{forwarder="vector"}', [(self.now + 1, "b", {})]))
        answer = self.push(proto, {"Content-Type": "application/x-protobuf",
                                   "Content-Encoding": "snappy"})
        self.assertEqual(answer.status, 204, answer.text)
        self.assertEqual(self.server.lines('{forwarder="vector"}'), ["a", "a", "b"])

    def test_a_batch_that_is_wrong_in_part(self):
        old = self.now - 400 * 24 * 3600 * NANOSECONDS
        body = json.dumps({"streams": [{"stream": {"app": "x"}, "values": [
            [str(old), "old"], [str(self.now), "new"]]}]}).encode()
        answer = self.push(body, {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 400)
        self.assertIn("has timestamp too old: ", answer.text)
        self.assertIn("entry for stream '{app=\"x\"", answer.text)
        self.assertEqual(self.server.lines('{app="x"}'), ["new"])


class StreamRateTest(harness.Case):
    """An agent sends a batch again after a 429, and drops what it sent after a 400."""

    def test_a_batch_with_a_stream_too_fast_comes_through_whole_and_once(self):
        config = self.path("sluiced.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("limits: {stream_rate_bytes: 200, stream_burst_bytes: 100}\n")
        server = self.daemon("--config.file", config)
        now = time.time_ns()

        def push(*apps):
            body = b"".join(push_request(f'{{app="{app}"}}', [(now, app * 80, {})])
                            for app in apps)
            headers = {"Content-Type": "application/x-protobuf"}
            return server.client.post("/loki/api/v1/push", snappy(body), headers)

        self.assertEqual(push("a", "b").status, 204)
        held = push("a", "c")
        self.assertEqual(held.status, 429)
        self.assertIn("retry-after", held.headers)
        self.assertIn("Per stream rate limit exceeded (limit: 200 bytes/sec)", held.text)
        self.assertEqual(server.lines('{app="c"}'), [])
        deadline = time.monotonic() + 30
        while (answer := push("a", "c")).status == 429 and time.monotonic() < deadline:
            pass
        self.assertEqual(answer.status, 204, answer.text)
        self.assertEqual(len(server.lines('{app="a"}')), 2)
        self.assertEqual(len(server.lines('{app="c"}')), 1)


class TenantLimitsTest(harness.Case):
    def test_each_tenant_has_its_limits(self):
        config = self.path("sluiced.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("tenants:\n"
                       "  - tenant: small\n"
                       "    limits: {ingestion_rate_bytes: 1, ingestion_burst_bytes: 100}\n"
                       "    query: {max_entries: 10, max_length: 1d}\n")
        server = self.daemon("--config.file", config)
        small = {"X-Scope-OrgID": "small"}
        self.assertEqual(server.try_push({"app": "a"}, ["x" * 80], headers=small).status, 204)
        answer = server.try_push({"app": "a"}, ["x" * 80], headers=small)
        self.assertEqual(answer.status, 429)
        self.assertIn("retry-after", answer.headers)
        self.assertIn("Ingestion rate limit exceeded for user small (limit: 1 bytes/sec)",
                      answer.text)
        self.assertEqual(server.try_push({"app": "a"}, ["x" * 80] * 2).status, 204)
        query = target("/loki/api/v1/query_range", query='{app="a"}', limit=11)
        refused = server.client.get(query, small)
        self.assertEqual(refused.status, 400)
        self.assertEqual(refused.text, "max entries limit per query exceeded, limit > "
                                       "max_entries_limit_per_query (11 > 10)")
        self.assertEqual(server.client.get(query).status, 200)
        answer = server.client.get(target("/loki/api/v1/labels", since="48h"), small)
        self.assertEqual(answer.text,
                         "the query time range exceeds the limit (query length: 2d, limit: 1d)")


if __name__ == "__main__":
    harness.main()
