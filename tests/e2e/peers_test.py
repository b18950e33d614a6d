#!/usr/bin/env python3
"""Programs that were not written for us: Debian's Prometheus sends, promtool asks and checks."""

import os
import shutil
import subprocess
import time
import urllib.parse

import harness
import remote_write

PROMETHEUS = """
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: sluice
    static_configs: [{targets: ["127.0.0.1:%(port)d"]}]
remote_write:
  - url: http://127.0.0.1:%(port)d/api/v1/write
    queue_config: {batch_send_deadline: 1s}
"""


@harness.unittest.skipUnless(shutil.which("prometheus"), "needs the package prometheus")
class PrometheusTest(harness.Case):
    def test_what_prometheus_scrapes_arrives_by_remote_write(self):
        daemon = self.daemon()
        self.start_prometheus(daemon)
        up = harness.wait_for("up of our own target", lambda: self.vector(daemon, "up"), 60)
        self.assertEqual(up[0]["metric"]["job"], "sluice")
        self.assertEqual(up[0]["value"][1], "1")
        harness.wait_for("a rate over what was scraped", lambda: self.vector(
            daemon, "sum(rate(sluice_http_requests_total[1m])) > 0"), 60)

    def test_promtool_queries_us(self):
        daemon = self.daemon()
        done = self.promtool("query", "instant", daemon.url, "vector(1) + 1")
        self.assertIn("=> 2 @", done.stdout)
        now = int(time.time())
        body = remote_write.write_request(
            [(remote_write.encode_labels({"__name__": "up", "job": "a"}), [(now * 1000, 1.0)])])
        answer = daemon.client.post("/api/v1/write", body, remote_write.HEADERS)
        self.assertEqual(answer.status, 204)
        done = self.promtool("query", "range", f"--start={now}", f"--end={now + 60}", "--step=60s",
                             daemon.url, "up + 1")
        self.assertIn(f"2 @[{now}]", done.stdout)
        done = self.promtool("query", "series", "--match", "up", f"--start={now - 60}", daemon.url)
        self.assertIn('{__name__="up", job="a"}', done.stdout)
        done = self.promtool("query", "labels", daemon.url, "job")
        self.assertEqual(done.stdout.split(), ["a"])

    def test_promtool_finds_nothing_wrong_with_our_metrics(self):
        daemon = self.daemon()
        daemon.push({"app": "pay"}, ["hello"])
        done = self.promtool("check", "metrics", stdin=daemon.client.get("/metrics").text)
        self.assertEqual(done.stdout + done.stderr, "")

    def vector(self, daemon, expression):
        answer = daemon.client.get("/api/v1/query?query=" + urllib.parse.quote(expression))
        return answer.json["data"]["result"]

    def promtool(self, *arguments, stdin=""):
        done = subprocess.run(["promtool", *arguments], input=stdin, capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def start_prometheus(self, daemon):
        config = os.path.join(self.folder, "prometheus.yml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(PROMETHEUS % {"port": daemon.port})
        with open(os.path.join(self.folder, "prometheus.log"), "wb") as log:
            process = subprocess.Popen(
                ["prometheus", "--config.file", config, "--storage.tsdb.path",
                 os.path.join(self.folder, "tsdb"), "--web.listen-address",
                 f"127.0.0.1:{harness.free_port()}"], stdout=log, stderr=log)
        self.addCleanup(process.wait, 30)
        self.addCleanup(process.terminate)


if __name__ == "__main__":
    harness.main()
