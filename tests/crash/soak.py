#!/usr/bin/env python3
"""Steady load for a while: memory, descriptors and threads must not grow once warm.

    soak.py [--minutes M] [--rate LINES]

Samples both processes every few seconds; the last quarter is compared with the second.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import harness  # noqa: E402  (after the path)
from writer import Writer  # noqa: E402

SAMPLE_SECONDS = 5
# Allocators and caches breathe; a leak under this load passes these within minutes.
MEMORY_GROWTH = 1.25
MEMORY_SLACK_MB = 48
DESCRIPTOR_SLACK = 32
THREAD_SLACK = 2


def sample(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        status = dict(line.split(":", 1) for line in file)
    return {"memory": int(status["VmRSS"].split()[0]) / 1024,
            "threads": int(status["Threads"]),
            "descriptors": len(os.listdir(f"/proc/{process.pid}/fd"))}


def growth(name, samples):
    """What grew, as sentences."""
    quarter = max(1, len(samples) // 4)
    early, late = samples[quarter:2 * quarter] or samples, samples[-quarter:]

    def median(part, key):
        return statistics.median(s[key] for s in part)

    limits = {"memory": median(early, "memory") * MEMORY_GROWTH + MEMORY_SLACK_MB,
              "descriptors": median(early, "descriptors") + DESCRIPTOR_SLACK,
              "threads": median(early, "threads") + THREAD_SLACK}
    for key, limit in limits.items():
        change = f"{median(early, key):.0f} -> {median(late, key):.0f}"
        print(f"{name}: {key} {change} (limit {limit:.0f})")
    return [f"{name}: {key} grew" for key, limit in limits.items() if median(late, key) > limit]


def load_and_sample(daemon, processes, minutes):
    samples = {process.name: [] for process in processes}
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end:
        time.sleep(SAMPLE_SECONDS)
        daemon.instant('sum(rate({filename=~".+"} |= "writer=" [1m]))')
        daemon.query_range('{filename=~".+"} |= "n=7"', time.time_ns() - 10**10, time.time_ns())
        for process in processes:
            assert process.running(), f"{process.name} ended:\n{process.log()}"
            samples[process.name].append(sample(process))
    return samples


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=int, default=5_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sluice-soak-") as folder:
        daemon = harness.Daemon(os.path.join(folder, "daemon"))
        writer = Writer("soak", os.path.join(folder, "logs"), options.rate)
        agent = harness.Agent(os.path.join(folder, "agent"), daemon.url,
                              [os.path.join(writer.folder, "*.log")])
        try:
            daemon.start()
            agent.start()
            writer.start()
            samples = load_and_sample(daemon, [daemon, agent], options.minutes)
            writer.finish()
        finally:
            agent.end()
            daemon.end()
    problems = [text for name, values in samples.items() for text in growth(name, values)]
    print("\n".join(problems) or "nothing grew")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
