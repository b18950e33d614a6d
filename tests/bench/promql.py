"""./dev bench promql [--series N] [--requests N]: how fast PromQL is answered, and in what memory.

An instant query of one series, over one connection and on the server alone; an aggregation of rates
over all series, with what it held.
"""
import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
import urllib.parse

from metrics import line, rss_kb, send
from server import Server

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import remote_write  # noqa: E402 pylint: disable=wrong-import-position

STEP_MS = 15_000
SAMPLES = 40
BATCH = 500


def bodies(count, end_ms):
    for begin in range(0, count, BATCH):
        yield remote_write.write_request(
            [(remote_write.encode_labels({"__name__": "m_total", "i": str(i), "x": str(i % 10)}),
              [(end_ms - (SAMPLES - 1 - k) * STEP_MS, float(k * (i % 7 + 1)))
               for k in range(SAMPLES)])
             for i in range(begin, min(begin + BATCH, count))])


class Asker:
    """One connection that stays open."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def ask(self, path, parameters):
        """(seconds, data)"""
        began = time.perf_counter()
        self.connection.request("GET", path + "?" + urllib.parse.urlencode(parameters))
        response = self.connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - began
        if response.status != 200:
            sys.exit(f"{parameters}: {response.status} {body.decode()[:300]}")
        return seconds, json.loads(body)["data"]


def one_series(asker, options, end):
    trips, evaluations = [], []
    for i in range(options.requests):
        query = f'm_total{{i="{i * 7919 % options.series}"}}'
        seconds, data = asker.ask("/api/v1/query", {"query": query, "time": end, "stats": "all"})
        if len(data["result"]) != 1:
            sys.exit(f"!! {query}: {len(data['result'])} series")
        trips.append(seconds * 1000)
        evaluations.append(data["stats"]["timings"]["execTotalTime"] * 1000)
    for name, values, target in (("on the server", evaluations, "below 1 ms"),
                                 ("with the round trip", trips, "")):
        values.sort()
        line(f"instant query of one series, {name}",
             f"{statistics.median(values):.3f} ms", target)
        line("  99 of 100", f"{values[len(values) * 99 // 100]:.3f} ms")


def all_series(asker, options, end, pid):
    query = "sum by (x) (rate(m_total[5m]))"
    for path, times in (("/api/v1/query", {"time": end}),
                        ("/api/v1/query_range", {"start": end - 300, "end": end, "step": 30})):
        before = rss_kb(pid)
        seconds, data = asker.ask(path, {"query": query, "stats": "all", **times})
        if len(data["result"]) != 10:
            sys.exit(f"!! {query}: {len(data['result'])} groups")
        samples = data["stats"]["samples"]
        name = f"{query}, {len(data['result'][0].get('values', [0]))} steps"
        line(name, f"{seconds * 1000:,.0f} ms")
        line("  samples read", f"{samples['totalQueryableSamples']:,}")
        line("  counted at its peak", f"{samples['peakSamples'] * 16 / 1024:,.1f} KiB",
             "groups, not input")
        line("  resident memory grew by", f"{rss_kb(pid) - before:,} KiB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--series", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=1000)
    options = parser.parse_args()
    end_ms = int(time.time()) * 1000 // STEP_MS * STEP_MS
    with tempfile.TemporaryDirectory() as directory:
        server = Server(options.bin, directory).start()
        try:
            print(f"{options.series:,} series of {SAMPLES} samples, {options.requests} requests")
            send(server.port, bodies(options.series, end_ms), server.cpu_seconds)
            asker = Asker(server.port)
            one_series(asker, options, end_ms / 1000)
            all_series(asker, options, end_ms / 1000, server.process.pid)
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
