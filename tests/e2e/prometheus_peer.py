"""Debian's Prometheus beside a daemon: the same samples in both, the same questions to both."""

import math
import os
import shutil
import subprocess
import urllib.parse

import harness
import remote_write

PROGRAM = os.environ.get("PROMETHEUS", "prometheus")
# Samples come series by series, so that most are older than the newest one there.
CONFIG = "storage: {tsdb: {out_of_order_time_window: 30d}}\n"


def found():
    return shutil.which(PROGRAM) is not None


class Prometheus:
    """One with an empty store of its own, taking remote writes."""

    def __init__(self, case, *arguments):
        self.port = harness.free_port()
        self.client = harness.Client(self.port)
        folder = case.path(f"prometheus-{self.port}")
        os.makedirs(folder)
        config = os.path.join(folder, "prometheus.yml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG)
        with open(os.path.join(folder, "log"), "wb") as log:
            process = subprocess.Popen(
                [PROGRAM, "--config.file", config, "--storage.tsdb.path",
                 os.path.join(folder, "tsdb"), "--web.listen-address", f"127.0.0.1:{self.port}",
                 "--web.enable-remote-write-receiver", *arguments], stdout=log, stderr=log)
        case.addCleanup(process.wait, 30)
        case.addCleanup(process.terminate)
        harness.wait_for("Prometheus to be ready",
                         lambda: self.client.try_get("/-/ready").status == 200, 60)


def write(client, series):
    """Of [(labels as a dict, [(timestamp_ms, value)])]."""
    body = remote_write.write_request(
        [(remote_write.encode_labels(labels), samples) for labels, samples in series])
    answer = client.post("/api/v1/write", body, remote_write.HEADERS)
    assert answer.status in (200, 204), f"{answer.status}: {answer.text}"


def instant(client, expression, seconds):
    return ask(client, "/api/v1/query", {"query": expression, "time": seconds})


def over_range(client, expression, start, end, step):
    return ask(client, "/api/v1/query_range",
               {"query": expression, "start": start, "end": end, "step": step})


def ask(client, path, form):
    answer = client.post(path, urllib.parse.urlencode(form).encode(),
                         {"Content-Type": "application/x-www-form-urlencoded"})
    return answer.json


def series_of(answer):
    """{labels: [(seconds, value)]}, or None for an error."""
    if answer["status"] != "success":
        return None
    data = answer["data"]
    if data["resultType"] in ("scalar", "string"):
        return {(): [tuple(data["result"])]}
    return {tuple(sorted(one["metric"].items())): [tuple(p) for p in points(one)]
            for one in data["result"]}


def points(one):
    return one["values"] if "values" in one else [one["value"]]


def differs(ours, theirs, tolerance=1e-6):
    """What is different between two answers; empty if nothing is."""
    a, b = series_of(ours), series_of(theirs)
    if a is None or b is None:
        return "" if a is b else f"ours {ours}, theirs {theirs}"
    if a.keys() != b.keys():
        ours_only, theirs_only = sorted(a.keys() - b.keys()), sorted(b.keys() - a.keys())
        return f"only ours: {ours_only}, only theirs: {theirs_only}"
    for labels, mine in a.items():
        other = b[labels]
        if [t for t, _ in mine] != [t for t, _ in other]:
            return f"{labels}: times {mine} and {other}"
        for (time, x), (_, y) in zip(mine, other):
            if not close(float(x), float(y), tolerance):
                return f"{labels} at {time}: ours {x}, theirs {y}"
    return ""


def close(x, y, tolerance):
    if math.isnan(x) or math.isnan(y):
        return math.isnan(x) and math.isnan(y)
    return x == y or abs(x - y) <= tolerance * max(1.0, abs(x), abs(y))
