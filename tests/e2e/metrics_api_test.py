#!/usr/bin/env python3
"""Prometheus' API on a running daemon: exemplars, deletion, names in UTF-8, status, statistics."""

import time
import urllib.parse

import harness
import remote_write


def encode(**parameters):
    return urllib.parse.urlencode(parameters)


class MetricsApiTest(harness.Case):
    def test_exemplars_are_as_durable_as_their_samples(self):
        daemon = self.daemon()
        now = int(time.time()) * 1000
        self.write(daemon, [({"__name__": "lat_bucket", "le": "1"}, [(now, 3)],
                             [({"trace_id": "abc"}, 0.7, now - 500)])])
        self.write(daemon, [({"__name__": "lat_bucket", "le": "1"}, [(now, 3)],
                             [({"trace_id": "abc"}, 0.7, now - 500)])])  # a re-send
        daemon.kill()
        daemon.start()
        found = self.ask(daemon, "query_exemplars",
                         query="histogram_quantile(0.9, rate(lat_bucket[5m]))",
                         start=now / 1000 - 60, end=now / 1000)
        self.assertEqual(found, [{
            "seriesLabels": {"__name__": "lat_bucket", "le": "1"},
            "exemplars": [{"labels": {"trace_id": "abc"}, "value": "0.7",
                           "timestamp": (now - 500) / 1000}]}])

    def test_deleted_series_stay_deleted(self):
        daemon = self.daemon()
        now = int(time.time()) * 1000
        self.write(daemon, [({"__name__": "up", "job": job}, [(now, 1)], []) for job in "ab"])
        answer = daemon.client.post(
            "/api/v1/admin/tsdb/delete_series?" + encode(**{"match[]": '{job="a"}'}), b"")
        self.assertEqual(answer.status, 204, answer.text)
        for _ in range(2):
            jobs = [one["metric"]["job"] for one in self.ask(daemon, "query", query="up")["result"]]
            self.assertEqual(jobs, ["b"])
            self.assertEqual(self.ask(daemon, "label/job/values"), ["b"])
            self.assertEqual(len(self.ask(daemon, "series", **{"match[]": "up"})), 1)
            daemon.kill()
            daemon.start()

    def test_names_in_utf8(self):
        daemon = self.daemon()
        now = int(time.time()) * 1000
        labels = {"__name__": "http.requests", "service.name": "köln"}
        self.write(daemon, [(labels, [(now, 5)], [])])
        result = self.ask(daemon, "query",
                          query='sum by ("service.name") ({"http.requests"})')["result"]
        self.assertEqual(result[0]["metric"], {"service.name": "köln"})
        self.assertEqual(self.ask(daemon, "label/U__service_2e_name/values"), ["köln"])
        self.assertIn("service.name", self.ask(daemon, "labels"))
        self.assertEqual(self.ask(daemon, "series", **{"match[]": '{"http.requests"}'}),
                         [labels])
        federate = "/federate?" + encode(**{"match[]": '{"http.requests"}'})
        plain = daemon.client.get(federate)
        self.assertIn('http_requests{service_name="köln"} 5', plain.text)
        quoted = daemon.client.get(federate,
                                   {"Accept": "text/plain;version=1.0.0;escaping=allow-utf-8"})
        self.assertIn('{"http.requests","service.name"="köln"} 5', quoted.text)

    def test_status(self):
        daemon = self.daemon()
        flags = self.ask(daemon, "status/flags")
        self.assertEqual(flags["storage.path"], daemon.storage)
        self.assertEqual(flags["query.max_samples"], "50000000")
        yaml = self.ask(daemon, "status/config")["yaml"]
        self.assertIn(f'storage:\n  path: "{daemon.storage}"\n', yaml)
        config = self.path("shown.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(yaml)
        self.sluice("check", "config", config)
        self.assertEqual(self.ask(daemon, "status/tsdb")["headStats"]["numSeries"], 0)
        self.assertIn("startTime", self.ask(daemon, "status/runtimeinfo"))

    def test_statistics_and_forms(self):
        daemon = self.daemon()
        now = int(time.time()) * 1000
        self.write(daemon, [({"__name__": "up"}, [(now, 1)], [])])
        form = urllib.parse.urlencode({"query": "up", "stats": "all"}).encode()
        answer = daemon.client.post("/api/v1/query", form,
                                    {"Content-Type": "application/x-www-form-urlencoded"}).json
        self.assertEqual(answer["data"]["stats"]["samples"]["totalQueryableSamples"], 1)
        self.assertGreater(answer["data"]["stats"]["timings"]["execTotalTime"], 0)

    def ask(self, daemon, path, **parameters):
        answer = daemon.client.get(f"/api/v1/{path}?{encode(**parameters)}")
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json["data"]

    def write(self, daemon, series):
        body = remote_write.write_request([(remote_write.encode_labels(labels), samples, exemplars)
                                           for labels, samples, exemplars in series])
        answer = daemon.client.post("/api/v1/write", body, remote_write.HEADERS)
        self.assertEqual(answer.status, 204, answer.text)


if __name__ == "__main__":
    harness.main()
