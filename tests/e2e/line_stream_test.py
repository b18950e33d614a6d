#!/usr/bin/env python3
"""Lines of a long query arrive while it runs; who leaves ends it."""

import http.client
import json
import time
import urllib.parse

import harness
from loki import NANOSECONDS

DAY = 24 * 3600 * NANOSECONDS
DAYS = 20
LINES = 200


class LineStreamTest(harness.Case):
    def setUp(self):
        super().setUp()
        self.server = self.daemon()
        self.now = time.time_ns()
        for day in range(DAYS):
            self.server.push({"app": "a"}, [f"{day}.{i}" for i in range(LINES)],
                             self.now - day * DAY - NANOSECONDS)

    def target(self, **more):
        return "/loki/api/v1/query_range?" + urllib.parse.urlencode({
            "query": '{app="a"}', "limit": DAYS * LINES, "start": self.now - 30 * DAY,
            "end": self.now, **more})

    def test_frames_by_day_and_lokis_answer_at_the_end(self):
        headers = {"Accept": "application/x-ndjson"}
        answer = self.server.client.get(self.target(), headers)
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["content-type"], "application/x-ndjson")
        self.assertEqual(answer.headers["transfer-encoding"], "chunked")
        frames = [json.loads(line) for line in answer.text.splitlines()]
        streamed = [v[1] for f in frames[:-1] for s in f["streams"] for v in s["values"]]
        self.assertGreaterEqual(len(frames), DAYS)
        whole = self.server.client.get(self.target()).json
        self.assertEqual(streamed, [v[1] for v in whole["data"]["result"][0]["values"]])
        self.assertEqual(len(streamed), DAYS * LINES)
        last = frames[-1]
        self.assertEqual(last["data"]["result"], [])
        for side in ("totalEntriesReturned", "totalLinesProcessed", "splits"):
            self.assertEqual(last["data"]["stats"]["summary"][side],
                             whole["data"]["stats"]["summary"][side])

    def test_the_client_prints_the_same_lines(self):
        out = self.sluice("logs", '{app="a"}', "--addr", self.server.url, "--since", "30d", "-n",
                          "0", "-o", "raw", "--batch", "1500").stdout
        self.assertEqual(out.splitlines(), [f"{day}.{i}" for day in range(DAYS)
                                            for i in range(LINES - 1, -1, -1)])

    def test_who_leaves_ends_the_query(self):
        # Lines that are never sent: far more than sockets buffer.
        for day in range(DAYS):
            self.server.push({"app": "big"}, ["x" * 200_000] * 10,
                             self.now - day * DAY - NANOSECONDS)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        connection.request("GET", self.target(query='{app="big"}'), None,
                           {"Accept": "application/x-ndjson"})
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        response.read(10_000)
        harness.wait_for("the query to hold lines that nobody takes", lambda: self.server.metric(
            "sluice_query_memory_bytes") > 1_000_000)
        response.close()
        connection.close()
        harness.wait_for("the query's memory to be given back",
                         lambda: self.server.metric("sluice_query_memory_bytes") == 0)


if __name__ == "__main__":
    harness.main()
