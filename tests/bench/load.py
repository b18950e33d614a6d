"""./dev bench load [--mb N] [--rate N]: memory while logs arrive steadily and queries run beside.

A pusher held to a rate (default 50 MB/s) and readers that ask the queries of queries.ini one after
the other, until everything is pushed. Peak memory is the kernel's (VmHWM), the rest of the figures
are of this run. Nothing is tuned: the server has its defaults but for the corpus' age.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import corpus as corpus_module
import measure_queries
from server import Server

TARGET_MB = 512 * 1.048576  # 512 MiB
SAMPLE_SECONDS = 0.2


class Reader(threading.Thread):
    """Asks all queries, again and again; starts with the `first`."""

    def __init__(self, server, corpus, first, stop):
        super().__init__()
        self.server, self.corpus, self.first, self.stop = server, corpus, first, stop
        self.times, self.partial, self.refused, self.failed = [], 0, 0, []

    def run(self):
        queries = measure_queries.query_file.load()
        turn = self.first
        while not self.stop.is_set():
            query = queries[turn % len(queries)]
            turn += 1
            path, parameters = measure_queries.request_of(query, self.corpus)
            began = time.perf_counter()
            status, body = self.server.request("GET", path, parameters)
            self.times.append(time.perf_counter() - began)
            self.partial += status == 200 and b'"warnings"' in body
            self.refused += status == 429
            if status not in (200, 429):
                self.failed.append(f"{query.name}: {status} {body[:200].decode(errors='replace')}")


class Memory(threading.Thread):
    """The server's resident memory in MB, every fifth of a second."""

    def __init__(self, server, stop):
        super().__init__()
        self.server, self.stop, self.samples = server, stop, []

    def run(self):
        while not self.stop.wait(SAMPLE_SECONDS):
            self.samples.append(self.server.resident_mb())


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def push(server, args, corpus):
    out = subprocess.run(
        [os.path.join(args.bin, "sluice-bench-push"), server.url, args.format,
         str(args.connections), corpus.directory, str(args.rate)],
        stdout=subprocess.PIPE, check=True)
    return json.loads(out.stdout)


def run(server, args, corpus):
    stop = threading.Event()
    memory = Memory(server, stop)
    readers = [Reader(server, corpus, 7 * i, stop) for i in range(args.readers)]
    cpu = server.cpu_seconds()
    for thread in [memory, *readers]:
        thread.start()
    try:
        pushed = push(server, args, corpus)
    finally:
        stop.set()
        for thread in [memory, *readers]:
            thread.join()
    cpu = server.cpu_seconds() - cpu
    return pushed, cpu, memory.samples, readers


def report(args, pushed, cpu, samples, readers, peak):
    times = [t for reader in readers for t in reader.times]
    print(f"pushed   {pushed['bytes'] / 1e6:.0f} MB in {pushed['seconds']:.1f} s: "
          f"{pushed['bytes'] / 1e6 / pushed['seconds']:.1f} MB/s of {args.rate} asked for, "
          f"{pushed['retries']} retries")
    print(f"server   {cpu:.1f} CPU-s, pusher {pushed['cpu_seconds']:.1f}")
    print(f"queries  {len(times)}: median {percentile(times, 0.5) * 1000:.0f} ms, "
          f"p95 {percentile(times, 0.95) * 1000:.0f} ms; "
          f"{sum(r.partial for r in readers)} partial, {sum(r.refused for r in readers)} refused")
    print(f"memory   peak {peak:.0f} MB, median {percentile(samples, 0.5):.0f} MB, "
          f"p95 {percentile(samples, 0.95):.0f} MB; target {TARGET_MB:.0f} MB"
          f"{'' if peak <= TARGET_MB else '  !! over'}")
    failed = [text for reader in readers for text in reader.failed]
    for text in failed[:5]:
        print("!!", text)
    return not failed


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="folder of the release binaries")
    parser.add_argument("--mb", type=int, default=1000, help="size of the corpus (default 1000)")
    parser.add_argument("--rate", type=int, default=50, help="MB/s (default 50)")
    parser.add_argument("--readers", type=int, default=2, help="queries at a time (default 2)")
    parser.add_argument("--connections", type=int, default=2)
    parser.add_argument("--format", default="protobuf", choices=["json", "gzip", "protobuf"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", default=os.environ.get("SLUICE_BENCH_SAMPLES"))
    parser.add_argument("--dir", help="where corpus and data are kept during the run")
    return parser.parse_args()


def main():
    args = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="sluice-corpus-", dir=args.dir) as directory:
        corpus = corpus_module.Corpus(args.bin, directory, args.mb, args.seed, args.samples)
        data = tempfile.mkdtemp(prefix="sluice-bench-", dir=args.dir)
        server = Server(args.bin, data)
        try:
            server.start()
            figures = run(server, args, corpus)
            good = report(args, *figures, server.peak_mb())
        finally:
            server.stop()
            shutil.rmtree(data, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
