"""Prints what was measured, beside the log store's targets: 1 GB on two 2.8 GHz cores.

The peers' figures were measured on such a machine, with two connections, neither syncing."""
import os
import shlex
import sys

import references

NAME_WIDTH = 42
# (measure, VictoriaLogs 1.26, Loki 3.4, target)
TARGETS = {
    "cpu protobuf": ("62", "55", "<= 12"),
    "cpu json": ("71", "78", "<= 15"),
    "speed": ("30", "35", ">= 90"),
    "peak": ("317", "845", "<= 300"),
    "ratio": ("6.8", "5.7", ">= 15"),
    "queries": ("20,000-23,000", "150,000", "<= 1,600"),
    "ready": ("0.05", "10", "<= 2"),
}


def say(text=""):
    print(text, flush=True)


def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def header(args, corpus):
    say(f"machine: {references.cpu_model()}, {os.cpu_count()} cores; load now "
        f"{os.getloadavg()[0]:.1f}")
    say("command: " + shlex.join(["./dev", "bench", "logs"] + sys.argv[3:]))
    say(f"corpus: {corpus.bytes / 1e6:,.0f} MB, {corpus.lines:,} lines, {corpus.streams} streams, "
        f"{'samples' if corpus.samples else 'built-in formats'}, seed {args.seed}; generated at "
        f"{corpus.bytes / 1e6 / corpus.seconds:,.0f} MB/s")


def reference_lines(refs):
    for level in (3, 19):
        ratio, speed, size = refs[f"zstd{level}"]
        say(f"reference: zstd -{level} of {size / 1e6:,.0f} MB: {ratio:.1f} : 1, {speed:,.0f} MB/s "
            f"of CPU time")
    for name, wall in refs["search"]:
        say(f"reference: {name} of one word in all files, cached: {wall * 1000:,.0f} ms")
    memory = refs["memory"]
    say(f"reference: memory, one core: reads {memory['read_gb_per_s']} GB/s, copies "
        f"{memory['copy_gb_per_s']} GB/s")


def ingest_header(connections):
    say(f"\ningest, {connections} connections, pusher on the same machine; every push is synced "
        f"before it is acknowledged")
    say(f"  {'format':9} {'MB/s':>7} {'lines/s':>9} {'CPU-s/GB':>9} {'settled':>8} {'pusher':>7} "
        f"{'peak MB':>8} {'stored MB':>10} {'ratio':>6} {'retries':>8}")


def per_gb(seconds, raw):
    return None if seconds is None else seconds / (raw / 1e9)


def ingest_line(ingest):
    push, raw = ingest.push, ingest.raw
    stored = "-" if ingest.stored is None else f"{ingest.stored / 1e6:.1f}"
    ratio = "-" if ingest.stored is None else f"{raw / ingest.stored:.1f}"
    say(f"  {ingest.form:9} {raw / 1e6 / push['seconds']:7.1f} "
        f"{push['lines'] / push['seconds']:9,.0f} {number(per_gb(ingest.cpu, raw)):>9} "
        f"{number(per_gb(ingest.cpu_settled, raw)):>8} "
        f"{number(per_gb(push['cpu_seconds'], raw)):>7} {ingest.peak_mb:8.0f} {stored:>10} "
        f"{ratio:>6} {push['retries']:8}")
    if ingest.settled is False:
        say(f"  !! {ingest.form}: still busy after {ingest.settle_seconds:.0f} s; size not final")


def query_line(result):
    if result.query is not None and not hasattr(query_line, "headed"):
        query_line.headed = True
        say(f"\n{'query':{NAME_WIDTH}} {'cold ms':>8} {'CPU ms':>8} {'warm ms':>8} {'CPU ms':>8} "
            f"{'target':>7} {'VL':>7} {'Loki':>7} {'rows':>6} {'by shell':>9} {'by line':>9}")
    query = result.query
    cold, warm = result.cold or (None, None), result.warm or (None, None)
    rows = "-" if result.answer is None else result.answer.rows(query.kind)
    peers = [number(p) for p in query.peers] or ["-", "-"]
    target = "-" if query.target is None else f"{query.target:,.0f}"
    say(f"{query.name:{NAME_WIDTH}} {number(cold[0]):>8} {number(cold[1]):>8} "
        f"{number(warm[0]):>8} {number(warm[1]):>8} {target:>7} {peers[0]:>7} {peers[1]:>7} "
        f"{rows:>6} {number(result.reference_ms):>9} {number(result.naive_ms):>9}")
    for problem in result.problems:
        say(f"  !! {query.name}: {problem}")


def row(name, key, measured):
    victoria, loki, target = TARGETS[key]
    say(f"{name:{NAME_WIDTH}} {measured:>12} {target:>12} {victoria:>14} {loki:>10}")


def ingest_rows(ingests):
    for form in ("protobuf", "json"):
        if form in ingests:
            one = ingests[form]
            settled = one.cpu if one.cpu_settled is None else one.cpu_settled
            row(f"server CPU-seconds per GB, {form}", f"cpu {form}",
                number(per_gb(settled, one.raw)))
    if "protobuf" in ingests:
        one = ingests["protobuf"]
        row("MB/s, protobuf, pusher on the same cores", "speed",
            number(one.raw / 1e6 / one.push["seconds"]))
    if ingests:
        row("peak RSS while ingesting, MB", "peak", number(max(i.peak_mb for i in
                                                               ingests.values())))


def summary(corpus, refs, ingests, crash, results):
    """The table of targets. Returns whether every answer was right."""
    say(f"\n{'measure':{NAME_WIDTH}} {'measured':>12} {'target':>12} {'VictoriaLogs':>14} "
        f"{'Loki':>10}")
    ingest_rows(ingests)
    sizes = [i.stored for i in ingests.values() if i.stored]
    if sizes:
        row(f"raw : stored (zstd -3: {refs['zstd3'][0]:.1f})", "ratio",
            number(corpus.bytes / sizes[-1]))
    for name, at in (("warm", "warm"), ("cold", "cold")):
        timed = [getattr(r, at)[1] for r in results if getattr(r, at)]
        if timed:
            row(f"{len(timed)} queries together, CPU ms, {name}", "queries", number(sum(timed)))
    lost = crash is not None and crash[1] != corpus.lines
    if crash is not None:
        row("ready after kill -9, s", "ready", number(crash[0]))
        say(f"lines after kill -9: {crash[1]} of {corpus.lines}"
            + (" !! LINES DIFFER" if lost else ": all of them"))
    wrong = [r.query.name for r in results if r.problems]
    say(f"answers: {len(results) - len(wrong)} of {len(results)} without complaint"
        + (f" !! see: {'; '.join(wrong)}" if wrong else ""))
    if corpus.bytes < 950_000_000:
        say("targets and peers are for 1 GB; of them only rates and ratios compare with this run")
    return not wrong and not lost
