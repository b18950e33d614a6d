#!/usr/bin/env python3
"""kill -9 at random moments while agents ship; every line must be there exactly once.

    crash_test.py [--victim daemon|agents] [--rounds N] [--seconds S] [--rate LINES] [--seed N]

A round: a daemon, two agents and two writers; for S seconds the victim is killed and started again
at random moments, start-up included. Then everything runs in peace until the daemon has all lines,
and each is read back and counted. The seed is printed; it fixes the moments, not the scheduling.
"""

import argparse
import os
import random
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import harness  # noqa: E402  (after the path)
from writer import Tally, Writer, number_of  # noqa: E402

AGENTS = ("left", "right")
CATCH_UP_SECONDS = 300
MINUTE_NS = 60_000_000_000


class Round:
    def __init__(self, folder, options, rng):
        self.rng = rng
        self.seconds = options.seconds
        self.kills = 0
        self.began_ns = time.time_ns()
        self.daemon = harness.Daemon(os.path.join(folder, "daemon"))
        self.writers = [Writer(name, os.path.join(folder, name), options.rate // len(AGENTS))
                        for name in AGENTS]
        self.agents = [
            harness.Agent(os.path.join(folder, f"agent-{writer.label}"), self.daemon.url,
                          [os.path.join(writer.folder, "*.log")], "--no-metrics")
            for writer in self.writers]
        self.victims = {"daemon": [self.daemon], "agents": self.agents,
                        "all": [self.daemon, *self.agents]}[options.victim]

    def run(self):
        """What is wrong, or ""."""
        try:
            self.daemon.start()
            for process in (*self.agents, *self.writers):
                process.start()
            self.kill_for(self.seconds)
            expected = {writer.label: writer.finish() for writer in self.writers}
            self.recover()
            self.wait_for_lines(sum(expected.values()))
            return self.compare(expected)
        except AssertionError as error:
            return str(error)
        finally:
            for process in (*self.agents, self.daemon):
                process.end()

    def kill_for(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self.rng.uniform(0.02, 2.5))
            victim = self.rng.choice(self.victims)
            if victim.running():
                victim.kill()
                self.kills += 1
            time.sleep(self.rng.choice((0, 0, self.rng.uniform(0, 0.5))))
            victim.start(wait=False)

    def recover(self):
        for process in (self.daemon, *self.agents):
            if not process.running():
                process.start(wait=False)
            process.wait_ready()

    def wait_for_lines(self, expected):
        """Until the count is there or stands still: what is missing is said by compare()."""
        progress, since = -1, time.monotonic()
        deadline = time.monotonic() + CATCH_UP_SECONDS
        while time.monotonic() < deadline and time.monotonic() - since < 60:
            count = self.count()
            if count >= expected:
                return
            if count != progress:
                progress, since = count, time.monotonic()
            time.sleep(0.2)

    def count(self):
        found = self.daemon.instant('sum(count_over_time({filename=~".+"} |= "writer=" [1h]))')
        return sum(found.values())

    def compare(self, expected):
        tallies = {name: Tally(lines) for name, lines in expected.items()}
        start, end = self.began_ns - MINUTE_NS, time.time_ns() + MINUTE_NS
        for line in self.daemon.lines('{filename=~".+"} |= "writer="', start, end):
            name, number = number_of(line)
            tallies[name].add(number)
        problems = {name: tally.problems() for name, tally in tallies.items()}
        return "; ".join(f"{name}: {text}" for name, text in problems.items() if text)

    def logs(self):
        return "".join(f"--- {p.log_path}\n{p.log(40)}" for p in (self.daemon, *self.agents))


def run_round(number, options, rng):
    with tempfile.TemporaryDirectory(prefix="sluice-crash-") as folder:
        this = Round(folder, options, rng)
        began = time.monotonic()
        problem = this.run()
        lines = sum(writer.written for writer in this.writers)
        print(f"round {number}: {options.victim} killed {this.kills} times, {lines} lines, "
              f"{time.monotonic() - began:.0f} s: {problem or 'each exactly once'}", flush=True)
        if problem:
            print(this.logs())
    return not problem


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--victim", choices=("daemon", "agents", "all"), default="all")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rate", type=int, default=20_000, help="lines per second of both agents")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    print(f"seed {options.seed}", flush=True)
    rng = random.Random(options.seed)
    good = sum(run_round(n + 1, options, rng) for n in range(options.rounds))
    print(f"{good} of {options.rounds} rounds lost and doubled nothing")
    return 0 if good == options.rounds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
