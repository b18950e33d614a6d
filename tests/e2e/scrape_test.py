#!/usr/bin/env python3
"""Scraping by the daemon and the agent, beside Debian's Prometheus on the same targets."""

import http.server
import os
import shutil
import signal
import subprocess
import threading
import urllib.parse

import harness

HAVE_PEERS = shutil.which("prometheus") and shutil.which("prometheus-node-exporter")

# The same text is given to Prometheus and to Sluice.
PEER_CONFIG = """
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: node
    static_configs:
      - targets: ["127.0.0.1:%(node)d"]
        labels: {env: prod, __tmp: gone}
  - job_name: page
    honor_labels: %(honor)s
    metrics_path: /page
    params: {a: ["1 2", "3"]}
    static_configs: [{targets: ["127.0.0.1:%(page)d", "drop.me:1"]}]
    relabel_configs:
      - {source_labels: [__address__], regex: "drop.*", action: drop}
      - {source_labels: [__address__], regex: "(.*):(.*)", target_label: port, replacement: "$2"}
      - {source_labels: [__address__], target_label: shard, action: hashmod, modulus: 7}
    metric_relabel_configs:
      - {source_labels: [__name__], regex: "dropped_.*", action: drop}
      - {regex: "secret_.*", action: labeldrop}
      - {source_labels: [path], regex: "/(.).*", target_label: first}
"""

PAGE = """# HELP kept_total A counter
# TYPE kept_total counter
kept_total{path="/abc",secret_a="x"} 1
kept_total{path="/xyz",job="own",instance="there",exported_job="older"} 2
dropped_total 5
lat_bucket{le="0.5"} 1
lat_bucket{le="+Inf"} 2
special{value="a\\"b\\\\c\\nd"} NaN
infinite -Inf
"""


class Page:
    """A target whose page a test changes while it is scraped."""

    def __init__(self, text, content_type="text/plain; version=0.0.4"):
        page = self
        self.text, self.content_type, self.requests = text, content_type, []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                page.requests.append((self.path, dict(self.headers)))
                body = page.text.encode()
                self.send_response(200)
                self.send_header("Content-Type", page.content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a scrape that ran out of time hangs up
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class ScrapeCase(harness.Case):
    def page(self, text, **options):
        page = Page(text, **options)
        self.addCleanup(page.close)
        return page

    def write(self, name, text):
        """Written beside and renamed, as a discovery's files should be."""
        with open(self.path(name + ".new"), "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(self.path(name + ".new"), self.path(name))
        return self.path(name)

    def get(self, client, path, **params):
        query = urllib.parse.urlencode(params, doseq=True)
        return client.get(f"{path}?{query}" if query else path).json["data"]

    def vector(self, client, expression):
        return self.get(client, "/api/v1/query", query=expression)["result"]

    def value(self, client, expression):
        result = self.vector(client, expression)
        return float(result[0]["value"][1]) if len(result) == 1 else None

    def series(self, client, selector='{__name__=~".+"}'):
        """Those that are there now: what only one of two scrapers saw in passing does not count."""
        return {tuple(sorted(found["metric"].items())) for found in self.vector(client, selector)}

    def spawn(self, log, *command):
        with open(self.path(log), "wb") as file:
            process = subprocess.Popen(command, stdout=file, stderr=file)
        self.addCleanup(process.wait, 30)
        self.addCleanup(process.terminate)
        return process


@harness.unittest.skipUnless(HAVE_PEERS, "needs prometheus and prometheus-node-exporter")
class PeerTest(ScrapeCase):
    def test_what_prometheus_scrapes_sluice_scrapes(self):
        for honor in ("false", "true"):
            with self.subTest(honor_labels=honor):
                self.compare(honor)

    def test_protobuf_gives_the_same_series_as_text(self):
        node = self.node_exporter()
        jobs = "".join(f"- job_name: {name}\n  scrape_protocols: [{protocol}]\n"
                       f"  static_configs: [{{targets: ['127.0.0.1:{node}']}}]\n"
                       for name, protocol in (("proto", "PrometheusProto"),
                                              ("text", "PrometheusText0.0.4")))
        config = self.write("both.yml", "global: {scrape_interval: 1s}\nscrape_configs:\n" + jobs)
        client = self.daemon("--config.file", config).client

        def series(job):
            return {tuple(pair for pair in labels if pair[0] != "job")
                    for labels in self.series(client, f'{{job="{job}"}}')}
        harness.wait_for("both", lambda: len(series("proto")) > 300 and
                         series("proto") == series("text"), 60, every=0.5)

    def node_exporter(self):
        port = harness.free_port()
        self.spawn("node.log", "prometheus-node-exporter", "--web.listen-address",
                   f"127.0.0.1:{port}")
        return port

    def compare(self, honor):
        node = self.node_exporter()
        page = self.page(PAGE)
        text = PEER_CONFIG % {"node": node, "page": page.port, "honor": honor}
        config = self.write(f"peer-{honor}.yml", text)
        daemon = self.daemon("--config.file", config, name=f"daemon-{honor}")
        theirs = self.prometheus(config, honor)
        for job in ("node", "page"):
            for client in (daemon.client, theirs):
                harness.wait_for(f"up of {job}", lambda c=client, j=job: self.value(
                    c, f'up{{job="{j}"}}') == 1, 60)

        def differences():
            ours, others = self.series(daemon.client), self.series(theirs)
            return {"missing": sorted(others - ours)[:5], "more": sorted(ours - others)[:5],
                    "count": len(others)}
        found = {}

        def equal():
            found.update(differences())
            return not found["missing"] and not found["more"]
        try:
            harness.wait_for("the same series", equal, 30, every=0.5)
        except AssertionError:
            self.fail(found)
        self.assertGreater(found["count"], 300)
        self.compare_values(daemon.client, theirs)
        self.compare_targets(daemon.client, theirs)
        daemon.stop()

    def compare_values(self, ours, theirs):
        """Of what stands still."""
        steady = ('{job="page",__name__=~"kept_total|lat_bucket|special|infinite"}',
                  "node_memory_MemTotal_bytes", 'scrape_samples_scraped{job="page"}',
                  'scrape_samples_post_metric_relabeling{job="page"}', "up")
        for selector in steady:
            def values(client, expression=selector):
                return sorted((sorted(r["metric"].items()), r["value"][1])
                              for r in self.vector(client, expression))
            self.assertEqual(values(ours), values(theirs), selector)
        for metric in ("kept_total", "node_memory_MemTotal_bytes"):
            self.assertEqual(self.get(ours, "/api/v1/metadata", metric=metric),
                             self.get(theirs, "/api/v1/metadata", metric=metric))

    def compare_targets(self, ours, theirs):
        def targets(client, key):
            found = self.get(client, "/api/v1/targets")[key]
            return sorted(found, key=lambda target: target["discoveredLabels"]["job"])
        for our, their in zip(targets(ours, "activeTargets"), targets(theirs, "activeTargets"),
                              strict=True):
            self.assertEqual(set(our), set(their))
            for key in ("discoveredLabels", "labels", "scrapePool", "scrapeUrl", "globalUrl",
                        "lastError", "health", "scrapeInterval", "scrapeTimeout"):
                self.assertEqual(our[key], their[key], key)
        self.assertEqual([target["discoveredLabels"] for target in targets(ours, "droppedTargets")],
                         [target["discoveredLabels"]
                          for target in targets(theirs, "droppedTargets")])
        self.assertEqual(self.get(ours, "/api/v1/scrape_pools"), {"scrapePools": ["node", "page"]})
        for params in ({"metric": "kept_total"}, {"match_target": '{job="page"}'},
                       {"match_target": '{job="node"}', "limit": "3", "metric": "node_uname_info"}):
            def metadata(client, arguments=params):
                found = self.get(client, "/api/v1/targets/metadata", **arguments)
                return sorted(found, key=lambda entry: entry.get("metric", ""))
            self.assertEqual(metadata(ours), metadata(theirs), params)

    def prometheus(self, config, name):
        port = harness.free_port()
        self.spawn(f"prometheus-{name}.log", "prometheus", "--config.file", config,
                   "--storage.tsdb.path", self.path(f"tsdb-{name}"), "--web.listen-address",
                   f"127.0.0.1:{port}")
        client = harness.Client(port)
        harness.wait_for("Prometheus", lambda: client.try_get("/-/ready").status == 200, 60)
        return client


class DaemonScrapeTest(ScrapeCase):
    def configured(self, text, name="daemon"):
        return self.daemon("--config.file", self.write("sluiced.yml", text), name=name)

    def test_a_target_goes_down_and_comes_back(self):
        page = self.page("x 1\ny 2\n")
        daemon = self.configured(
            "global: {scrape_interval: 200ms, scrape_timeout: 200ms}\n"
            "scrape_configs:\n- job_name: p\n"
            f"  static_configs: [{{targets: ['127.0.0.1:{page.port}']}}]\n")
        harness.wait_for("x", lambda: self.value(daemon.client, "x") == 1)
        page.text = "x 3\n"
        harness.wait_for("y to end", lambda: self.value(daemon.client, "x") == 3
                         and self.vector(daemon.client, "y") == [])
        page.text = "x 3\nbroken {\n"

        def target():
            return self.get(daemon.client, "/api/v1/targets")["activeTargets"][0]
        harness.wait_for("the parser's complaint", lambda: "line 2" in target()["lastError"])
        self.assertEqual(target()["health"], "down")
        harness.wait_for("up to fall", lambda: self.value(daemon.client, "up") == 0)
        self.assertEqual(self.vector(daemon.client, "x"), [])
        page.text = "x 4\n"
        harness.wait_for("x to come back", lambda: self.value(daemon.client, "x") == 4)
        self.assertGreaterEqual(daemon.metric("sluice_scrapes_total"), 4)
        daemon.kill()
        daemon.start()
        self.assertTrue(self.vector(daemon.client, "count_over_time(x[1h]) > 2"))

    def test_our_own_page_is_scraped(self):
        port = harness.free_port()
        config = self.write("own.yml", "scrape_configs:\n- job_name: own\n  scrape_interval: 1s\n"
                            f"  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n")
        daemon = self.daemon("--config.file", config, start=False)
        daemon.port, daemon.client = port, harness.Client(port)
        daemon.start()
        harness.wait_for("our own metrics", lambda: self.value(
            daemon.client, "sluice_scrape_targets") == 1)
        harness.wait_for("all of them", lambda: not self.exposed(daemon) - set(
            self.get(daemon.client, "/api/v1/label/__name__/values")))

    def exposed(self, daemon):
        return {line.split(" ")[0].split("{")[0]
                for line in daemon.client.get("/metrics").text.splitlines()
                if line and not line.startswith("#")}

    def test_a_reload_adds_and_removes_jobs_and_refuses_nonsense(self):
        page = self.page("x 1\n")
        job = ("- job_name: {}\n  scrape_interval: 200ms\n"
               f"  static_configs: [{{{{targets: ['127.0.0.1:{page.port}']}}}}]\n")
        daemon = self.configured("scrape_configs:\n" + job.format("one"))
        harness.wait_for("one", lambda: self.value(daemon.client, 'x{job="one"}') == 1)
        self.write("sluiced.yml", "scrape_configs:\n" + job.format("two"))
        os.kill(daemon.pid, signal.SIGHUP)
        harness.wait_for("two", lambda: self.value(daemon.client, 'x{job="two"}') == 1)
        harness.wait_for("one to end",
                         lambda: self.vector(daemon.client, '{job="one"}') == [])
        self.assertEqual(self.get(daemon.client, "/api/v1/scrape_pools"), {"scrapePools": ["two"]})
        self.write("sluiced.yml", "scrape_configs:\n- job_name: three\n  scrape_intervall: 1s\n")
        answer = daemon.client.post("/-/reload", b"")
        self.assertGreaterEqual(answer.status, 400)
        self.assertIn("sluiced.yml:3:3: unknown key \"scrape_intervall\"",
                      answer.json["error"])
        self.assertEqual(self.get(daemon.client, "/api/v1/scrape_pools"), {"scrapePools": ["two"]})

    def test_targets_come_from_files(self):
        page = self.page("x 1\n")
        os.makedirs(self.path("targets"))
        daemon = self.configured(
            "scrape_configs:\n- job_name: f\n  scrape_interval: 200ms\n"
            f"  file_sd_configs: [{{files: ['{self.path('targets')}/*.json']}}]\n")
        self.assertEqual(self.get(daemon.client, "/api/v1/targets")["activeTargets"], [])
        self.write("targets/a.json",
                   f'[{{"targets": ["127.0.0.1:{page.port}"], "labels": {{"team": "a"}}}}]')
        harness.wait_for("the target", lambda: self.value(daemon.client, 'x{team="a"}') == 1)
        os.remove(self.path("targets/a.json"))
        harness.wait_for("it to end", lambda: self.vector(daemon.client, "x") == [])

    def test_openmetrics_and_what_is_asked(self):
        page = self.page("# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds 1\n# EOF\n",
                         content_type="application/openmetrics-text; version=1.0.0")
        daemon = self.configured(
            "scrape_configs:\n- job_name: om\n  scrape_interval: 300ms\n  metrics_path: /m\n"
            "  params: {a: ['b c']}\n  basic_auth: {username: u, password: p}\n"
            f"  static_configs: [{{targets: ['127.0.0.1:{page.port}']}}]\n")
        harness.wait_for("a_seconds", lambda: self.value(daemon.client, "a_seconds") == 1)
        path, headers = page.requests[0]
        self.assertEqual(path, "/m?a=b+c")
        self.assertTrue(headers["Accept"].startswith("application/openmetrics-text;version=1.0.0"))
        self.assertEqual(headers["X-Prometheus-Scrape-Timeout-Seconds"], "0.3")
        self.assertEqual(headers["Authorization"], "Basic dTpw")
        self.assertEqual(self.get(daemon.client, "/api/v1/metadata")["a_seconds"],
                         [{"type": "gauge", "help": "", "unit": "seconds"}])


    def test_types_and_units_are_labels_if_configured(self):
        page = self.page("# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total 7\n"
                         "# EOF\n",
                         content_type="application/openmetrics-text; version=1.0.0")
        daemon = self.configured(
            "limits: {type_and_unit_labels: true}\n"
            "scrape_configs:\n- job_name: om\n  scrape_interval: 300ms\n"
            f"  static_configs: [{{targets: ['127.0.0.1:{page.port}']}}]\n")
        by_kind = '{__type__="counter", __unit__="seconds"}'
        harness.wait_for("the series", lambda: self.value(daemon.client, by_kind) == 7)
        answer = self.vector(daemon.client, by_kind + " * 2")
        self.assertEqual([sorted(one["metric"]) for one in answer], [["instance", "job"]])


class AgentScrapeTest(ScrapeCase):
    def test_the_agent_scrapes_and_ships(self):
        page = self.page("x 1\ny 2\n")
        daemon = self.daemon()
        config = self.write(
            "agent.yml",
            "global: {scrape_interval: 200ms, scrape_timeout: 200ms, external_labels: {site: s}}\n"
            "scrape_configs:\n- job_name: p\n"
            f"  static_configs: [{{targets: ['127.0.0.1:{page.port}']}}]\n")
        agent = self.agent(daemon.url, [self.path("logs", "*.log")], "--no-metrics",
                           "--config.file", config)
        harness.wait_for("x", lambda: self.value(
            daemon.client, f'x{{job="p",site="s",instance="127.0.0.1:{page.port}"}}') == 1)
        harness.wait_for("up", lambda: self.value(daemon.client, 'up{job="p"}') == 1)
        page.text = "x 3\n"
        harness.wait_for("y to end", lambda: self.vector(daemon.client, "y") == [])
        harness.wait_for("the agent's own view", lambda: [
            target["health"] for target in
            self.get(agent.client, "/api/v1/targets")["activeTargets"]] == ["up"])
        daemon.kill()
        page.text = "x 5\n"
        harness.wait_for("scrapes meanwhile", lambda: len(page.requests) > 30)
        daemon.start()
        harness.wait_for("what was scraped meanwhile",
                         lambda: self.value(daemon.client, "max_over_time(x[1h])") == 5, 90)
        self.assertEqual(agent.metric("sluice_agent_samples_dropped_total"), 0)


if __name__ == "__main__":
    harness.main()
