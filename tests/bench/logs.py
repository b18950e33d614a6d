"""./dev bench logs [--mb N]: how fast logs go in, how small they lie, how fast they are found.

Every figure is measured in this run: CPU time and peak memory of the server come from the kernel,
sizes from the disk, and the references (zstd, grep, memory) run on the same files and machine.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

import corpus as corpus_module
import measure_queries
import naive as naive_module
import references
import report
from server import Server

FORMATS = ["json", "gzip", "protobuf"]


class Ingest:
    """One push of the whole corpus into an empty server."""

    def __init__(self, server, binaries, form, corpus, connections):
        self.form = form
        self.raw = corpus.bytes
        before = server.cpu_seconds()
        out = subprocess.run(
            [os.path.join(binaries, "sluice-bench-push"), server.url, form, str(connections),
             corpus.directory], stdout=subprocess.PIPE, check=True)
        self.cpu = server.cpu_seconds() - before
        self.push = json.loads(out.stdout)
        self.peak_mb = server.peak_mb()
        self.cpu_settled = self.stored = self.settle_seconds = self.settled = None
        self._before = before
        if self.push["bytes"] != corpus.bytes or self.push["lines"] != corpus.lines:
            sys.exit(f"pushed {self.push}, but the corpus has {corpus.lines} lines")

    def settle(self, server):
        self.settle_seconds, self.settled = server.settle()
        self.cpu_settled = server.cpu_seconds() - self._before
        self.stored = server.disk_bytes()
        self.peak_mb = max(self.peak_mb, server.peak_mb())


def kill_and_count(server, corpus):
    """Kills it with everything unsealed still unsealed; (seconds to ready, lines found again)."""
    server.kill()
    server.start()
    query = next(q for q in measure_queries.query_file.load() if q.name == "lines per stream")
    answer, _, _ = measure_queries.ask(server, *measure_queries.request_of(query, corpus))
    return server.ready_seconds, answer.error or int(answer.sum)


def measure_references(binaries, corpus):
    files = corpus.files()
    return {"zstd3": references.zstd(files, 3),
            "zstd19": references.zstd(files, 19, references.SAMPLE_BYTES),
            "search": references.search_tools(files, "xylographer"),
            "memory": references.memory(binaries)}


def run_format(args, form, corpus, with_queries):
    """Prints the lines of one format; returns its Ingest, the crash's figures and the queries'."""
    directory = tempfile.mkdtemp(prefix="sluice-bench-", dir=args.dir)
    server = Server(args.bin, directory)
    crash, results = None, []
    try:
        server.start()
        ingest = Ingest(server, args.bin, form, corpus, args.connections)
        if form == FORMATS[0]:
            crash = kill_and_count(server, corpus)
        else:
            ingest.settle(server)
        report.ingest_line(ingest)
        if with_queries:
            naive = naive_module.Naive(args.bin, corpus) if args.naive else None
            for result in measure_queries.measure_all(server, corpus, args.only, naive):
                report.query_line(result)
                results.append(result)
            if naive:
                naive.stop()
        return ingest, crash, results
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="folder of the release binaries")
    parser.add_argument("--mb", type=int, default=200, help="size of the corpus (default 200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", default=os.environ.get("SLUICE_BENCH_SAMPLES"),
                        help="folder of sample logs (default: $SLUICE_BENCH_SAMPLES, else the "
                             "formats in corpus/formats)")
    parser.add_argument("--connections", type=int, default=2)
    parser.add_argument("--formats", default=",".join(FORMATS), help="which pushes to measure")
    parser.add_argument("--only", help="only queries with this in their name")
    parser.add_argument("--naive", action="store_true",
                        help="also answer the queries one line at a time, from memory, and compare")
    parser.add_argument("--dir", help="where corpus and data are kept during the run")
    args = parser.parse_args()
    args.formats = args.formats.split(",")
    if not set(args.formats) <= set(FORMATS):
        parser.error(f"formats are {', '.join(FORMATS)}")
    return args


def main():
    args = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="sluice-corpus-", dir=args.dir) as directory:
        corpus = corpus_module.Corpus(args.bin, directory, args.mb, args.seed, args.samples)
        report.header(args, corpus)
        refs = measure_references(args.bin, corpus)
        report.reference_lines(refs)
        report.ingest_header(args.connections)
        ingests, crash, results = {}, None, []
        for form in args.formats:
            last = form == args.formats[-1]
            ingests[form], crashed, queries = run_format(args, form, corpus, last)
            crash = crashed or crash
            results += queries
        good = report.summary(corpus, refs, ingests, crash, results)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
