"""./dev bench metrics [--series N] [--scrapes N]: how fast samples go in, how small they lie.

The samples are node_exporter-like: counters of whole numbers and of hundredths of seconds, gauges
of pages, loads, and many that never change. Every figure is of this run: CPU time and memory come
from the kernel, sizes from the disk. Debian's Prometheus, if installed, gets the same writes.
"""
import argparse
import http.client
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

from server import Server

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import remote_write  # noqa: E402 pylint: disable=wrong-import-position

SCRAPE_MS = 15_000
BATCH = 10_000


class Series:
    """One series: its labels as they are sent, and its next value."""

    def __init__(self, index, rng):
        host, metric = divmod(index, 500)
        self.kind = metric % 20
        self.labels = remote_write.encode_labels({
            "__name__": f"node_metric_{metric % 125}_total", "instance": f"host-{host}:9100",
            "job": "node", "device": f"dev{metric // 125}"})
        self.value = float(rng.randrange(1 << 20))

    def next(self, rng):
        if self.kind < 5:  # bytes, packets, context switches
            self.value += rng.randrange(2000)
        elif self.kind < 8:  # CPU seconds
            self.value = round(self.value + rng.randrange(30) / 100, 2)
        elif self.kind < 10:  # memory in pages
            self.value = max(0.0, self.value + 4096 * rng.randrange(-40, 41))
        elif self.kind == 10:  # a load
            self.value = round(rng.random() * 4, 2)
        return self.value


def bodies(count, scrapes, seed, end_ms):
    """Requests of at most BATCH samples, scrape after scrape."""
    rng = random.Random(seed)
    series = [Series(i, rng) for i in range(count)]
    for scrape in range(scrapes):
        now = end_ms - (scrapes - 1 - scrape) * SCRAPE_MS
        for begin in range(0, count, BATCH):
            yield remote_write.write_request(
                [(one.labels, [(now, one.next(rng))]) for one in series[begin:begin + BATCH]])


def send(port, requests, cpu_seconds):
    """Sends them one after another; (CPU-seconds of the server while it worked, wall seconds)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    wall = 0.0
    before = cpu_seconds()
    for body in requests:
        began = time.perf_counter()
        connection.request("POST", "/api/v1/write", body, remote_write.HEADERS)
        response = connection.getresponse()
        text = response.read()
        wall += time.perf_counter() - began
        if response.status not in (200, 204):
            sys.exit(f"write answered {response.status}: {text.decode(errors='replace')[:500]}")
    return cpu_seconds() - before, wall


def line(name, value, target=""):
    print(f"  {name:<44} {value:>14}   {target}")


def rss_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(text.split()[1]) for text in file if text.startswith("VmRSS"))


def shares(server, total):
    """Where the bytes are: RocksDB's tables apart from its write-ahead log."""
    kinds = {}
    for base, _, names in os.walk(server.data):
        for name in names:
            kind = name.rsplit(".", 1)[-1] if name.endswith((".sst", ".log", ".blob")) else "other"
            size = os.path.getsize(os.path.join(base, name))
            kinds[kind] = kinds.get(kind, 0) + size
    text = ", ".join(f"{kind} {size / total:.2f}" for kind, size in sorted(kinds.items()))
    line("  bytes per sample by file", "", text)


def ours(options, directory, end_ms):
    total = options.series * options.scrapes
    server = Server(options.bin, directory).start()
    try:
        idle = rss_kb(server.process.pid)
        cpu, wall = send(server.port, bodies(options.series, options.scrapes, options.seed, end_ms),
                         server.cpu_seconds)
        held = rss_kb(server.process.pid) - idle
        line("samples per CPU-second", f"{total / cpu:,.0f}", "at least 500,000")
        line("samples per second, one connection", f"{total / wall:,.0f}")
        line("memory per active series", f"{held * 1024 / options.series:,.0f} B", "at most 2,560")
        server.kill()
        server.start()
        line("ready after kill -9", f"{server.ready_seconds:.2f} s", "1 M series: at most 10")
        server.settle()
        shares(server, total)
        line("bytes per sample, sealed", f"{server.disk_bytes() / total:.2f}", "at most 1.0")
        status, body = server.request("GET", "/api/v1/query", {
            "query": f"count(last_over_time({{job='node'}}[{options.scrapes * 15}s]))",
            "time": end_ms / 1000})
        if status != 200 or f'"{options.series}"' not in body.decode():
            print(f"  !! not every sample is there: {body.decode()[:300]}")
            return 1
    finally:
        server.stop()
    return 0


def theirs(options, directory, end_ms):
    """The same writes to Prometheus, whose blocks come only after hours: memory and CPU alone."""
    total = options.series * options.scrapes
    port = 19090
    config = os.path.join(directory, "prometheus.yml")
    with open(config, "w", encoding="utf-8") as file:
        file.write("global: {scrape_interval: 1m}\n")
    with open(os.path.join(directory, "prometheus.log"), "wb") as log:
        process = subprocess.Popen(
            ["prometheus", "--config.file", config, "--web.enable-remote-write-receiver",
             "--storage.tsdb.path", os.path.join(directory, "tsdb"),
             "--web.listen-address", f"127.0.0.1:{port}"], stderr=log)
    try:
        for _ in range(300):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/-/ready")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                pass
            time.sleep(0.1)
        idle = rss_kb(process.pid)
        clock = (~process.pid << 3) | 2
        cpu, wall = send(port, bodies(options.series, options.scrapes, options.seed, end_ms),
                         lambda: time.clock_gettime(clock))
        held = rss_kb(process.pid) - idle
        line("samples per CPU-second", f"{total / cpu:,.0f}")
        line("samples per second, one connection", f"{total / wall:,.0f}")
        line("memory per active series", f"{held * 1024 / options.series:,.0f} B")
    finally:
        process.terminate()
        process.wait(60)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--series", type=int, default=20_000)
    parser.add_argument("--scrapes", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    end_ms = int(time.time()) * 1000 // SCRAPE_MS * SCRAPE_MS
    with tempfile.TemporaryDirectory() as directory:
        print(f"{options.series:,} series, {options.scrapes} scrapes, seed {options.seed}: sluiced")
        code = ours(options, directory, end_ms)
        if shutil.which("prometheus"):
            print("the same writes: prometheus")
            theirs(options, directory, end_ms)
    return code


if __name__ == "__main__":
    sys.exit(main())
