#!/usr/bin/env python3
"""The daemon's metrics are those of docs/guide/metrics.md."""

import os
import re

import harness

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class MetricsTest(harness.Case):
    def test_every_metric_is_on_the_page_with_its_type(self):
        daemon = self.daemon()
        daemon.push({"app": "pay"}, ["hello"])
        daemon.lines('{app="pay"}')
        with open(os.path.join(ROOT, "docs/guide/metrics.md"), encoding="utf-8") as page:
            listed = dict(re.findall(r"^\| `(\S+)` \| (\w+) \|", page.read(), re.M))
        shown = dict(re.findall(r"^# TYPE (\S+) (\w+)$", self.metrics(daemon), re.M))
        self.assertGreater(len(shown), 30)
        self.assertEqual(shown, {name: listed.get(name) for name in shown})

    def metrics(self, daemon):
        return daemon.client.get("/metrics").text


if __name__ == "__main__":
    harness.main()
