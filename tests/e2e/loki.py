"""Loki's push and query API as a few verbs, mixed into harness.Daemon."""

import time
import urllib.parse

from http_client import encode_json

NANOSECONDS = 1_000_000_000
PAGE = 5000


def push_body(labels, lines, start_ns=None):
    """JSON of one stream; lines are a nanosecond apart, so their order is theirs."""
    start_ns = time.time_ns() if start_ns is None else start_ns
    values = [[str(start_ns + i), line] for i, line in enumerate(lines)]
    return encode_json({"streams": [{"stream": labels, "values": values}]})


class LokiCalls:
    """Needs self.client."""

    def try_push(self, labels, lines, start_ns=None, headers=None):
        return self.client.try_request(
            "POST", "/loki/api/v1/push", push_body(labels, lines, start_ns),
            {"Content-Type": "application/json", **(headers or {})})

    def push(self, labels, lines, start_ns=None, headers=None):
        answer = self.try_push(labels, lines, start_ns, headers)
        assert answer.status == 204, f"push: {answer.status} {answer.text}"
        return answer

    def push_at(self, app, entries):
        """Entries are (timestamp_ns, line)."""
        values = [[str(at), line] for at, line in entries]
        body = encode_json({"streams": [{"stream": {"app": app}, "values": values}]})
        answer = self.client.post("/loki/api/v1/push", body, {"Content-Type": "application/json"})
        assert answer.status == 204, f"push: {answer.status} {answer.text}"

    def query_range(self, query, start_ns, end_ns, **parameters):
        parameters = {"query": query, "start": start_ns, "end": end_ns, **parameters}
        answer = self.client.get("/loki/api/v1/query_range?" + urllib.parse.urlencode(parameters))
        assert answer.status == 200, f"{query}: {answer.status} {answer.text}"
        return answer.json["data"]["result"]

    def instant(self, query):
        """{labels as sorted tuple: value} of a metric query now."""
        path = "/loki/api/v1/query?" + urllib.parse.urlencode({"query": query})
        answer = self.client.get(path)
        assert answer.status == 200, f"{query}: {answer.status} {answer.text}"
        return {tuple(sorted(s["metric"].items())): float(s["value"][1])
                for s in answer.json["data"]["result"]}

    def entries(self, query, start_ns=None, end_ns=None):
        """[(timestamp_ns, line)] of all streams in order of time, whatever their number."""
        now = time.time_ns()
        start = now - 3600 * NANOSECONDS if start_ns is None else start_ns
        end = now + 60 * NANOSECONDS if end_ns is None else end_ns
        found = []
        while True:
            page = self._page(query, start, end)
            if len(page) < PAGE:
                return found + page
            # The last nanosecond of a full page may be cut in the middle: read it again.
            last = page[-1][0]
            kept = [entry for entry in page if entry[0] < last]
            assert kept, f"more than {PAGE} lines at {last}"
            found += kept
            start = last

    def _page(self, query, start, end):
        streams = self.query_range(query, start, end, limit=PAGE, direction="forward")
        page = [(int(ts), line) for stream in streams for ts, line, *_ in stream["values"]]
        return sorted(page, key=lambda entry: entry[0])

    def lines(self, query, start_ns=None, end_ns=None):
        return [line for _, line in self.entries(query, start_ns, end_ns)]
