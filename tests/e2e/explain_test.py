#!/usr/bin/env python3
"""explain=true over a real store: what it says was skipped or answered by headers was."""

import time
import urllib.parse

import harness
from loki import NANOSECONDS

MINUTES = 10
PER_MINUTE = 100


class ExplainTest(harness.Case):
    def setUp(self):
        super().setUp()
        self.store = self.daemon()
        now = time.time_ns()
        # Whole minutes, open on the left as LogQL's windows are.
        self.end = now - now % (60 * NANOSECONDS)
        self.start = self.end - MINUTES * 60 * NANOSECONDS
        step = 60 * NANOSECONDS // PER_MINUTE
        for app in ("pay", "shop"):
            for minute in range(MINUTES):
                first = self.start + minute * 60 * NANOSECONDS + 1
                self.store.push_at(app, [(first + i * step, f"{app} request {i} done")
                                         for i in range(PER_MINUTE)])
        self.assertIn(self.store.client.post("/flush", b"").status, (200, 204))

    def explain(self, path, query, **more):
        parameters = {"query": query, "explain": "true", **more}
        answer = self.store.client.get(f"/loki/api/v1/{path}?" + urllib.parse.urlencode(parameters))
        self.assertEqual(answer.status, 200, answer.text)
        data = answer.json["data"]
        groups = data["explain"]["row_groups"]
        ends = sum(groups["skipped"].values()) + groups["answered_by_header"] + groups["read"]
        self.assertEqual(ends + groups["damaged"], groups["considered"])
        return data["result"], data["explain"]

    def logs(self, query):
        return self.explain("query_range", query, start=self.start, end=self.end + 1, limit=5)

    def test_counts_come_from_headers(self):
        result, explain = self.explain("query", 'sum(count_over_time({app="pay"}[10m]))',
                                       time=self.end // NANOSECONDS)
        self.assertEqual(result[0]["value"][1], str(MINUTES * PER_MINUTE))
        groups = explain["row_groups"]
        self.assertGreater(groups["answered_by_header"], 0)
        self.assertEqual(explain["read"]["chunks"], 0)

    def test_absent_words_skip_every_row_group(self):
        result, explain = self.logs('{app="pay"} |= "zebra-crossing"')
        self.assertEqual(result, [])
        groups = explain["row_groups"]
        skipped = sum(groups["skipped"].values())
        self.assertEqual(skipped, groups["considered"])
        by_content = [groups["skipped"][key] for key in ("by_template", "by_filter", "by_header")]
        self.assertGreater(sum(by_content), 0)
        self.assertEqual(explain["read"]["chunks"], 0)

    def test_other_streams_are_skipped(self):
        result, explain = self.logs('{app="nobody"}')
        self.assertEqual(result, [])
        groups = explain["row_groups"]
        self.assertEqual(groups["skipped"]["by_stream"], groups["considered"])

    def test_lines_that_are_found_are_read_and_kept(self):
        result, explain = self.logs('{app="pay"} |= "request 7 done"')
        self.assertEqual(sum(len(stream["values"]) for stream in result), 5)
        self.assertGreater(explain["read"]["bytes"], 0)
        self.assertGreaterEqual(explain["looked_at"]["lines_kept"], 5)
        times = explain["milliseconds"]
        self.assertGreater(times["search"], 0)
        self.assertGreater(times["read"], 0)
        self.assertGreaterEqual(explain["threads"], 1)
        stages = sum(times[stage] for stage in ("plan", "search", "read"))
        self.assertGreaterEqual(times["total"] * explain["threads"], stages)

    def test_sizes_are_exact(self):
        parameters = {"query": '{app=~"pay|shop"}', "start": self.start, "end": self.end + 1}
        answer = self.store.client.get("/loki/api/v1/index/stats?" +
                                       urllib.parse.urlencode(parameters))
        self.assertEqual(answer.json["entries"], 2 * MINUTES * PER_MINUTE)
        self.assertEqual(answer.json["streams"], 2)
        lines = [f"{app} request {i} done" for app in ("pay", "shop") for i in range(PER_MINUTE)]
        self.assertEqual(answer.json["bytes"], MINUTES * sum(map(len, lines)))


if __name__ == "__main__":
    harness.main()
