#!/usr/bin/env python3
"""kill -9 at random moments while lines are sealed, merged, deleted and dropped by retention.

    operations.py [--rounds N] [--seconds S] [--seed N]

A round: a daemon that seals and merges all the time, with a deletion every few pushes and a tenant
whose retention drops whatever it pushes. Each call is remembered as acknowledged or unknown (no
answer came). At the end: what was acknowledged is there once, what is unknown at most once,
what was deleted is gone, and `sluiced check` finds every value sound. The seed is printed.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import harness  # noqa: E402  (after the path)

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
# Small parts and no patience: every few pushes there is a seal, every few seals a merge.
CONFIG = """
storage:
  seal_bytes: 16KiB
  seal_age: 1s
  delete_cancel_period: 0s
  retention_rules:
    - {tenant: brief, period: 24h}
    - {tenant: default, selector: '{app="debug"}', period: 24h}
"""
LINES = 20


class Load(threading.Thread):
    """Pushes and deletes until told to stop; knows what must, may and must not be there."""

    def __init__(self, daemon, rng):
        super().__init__()
        self.daemon_process = daemon
        self.rng = rng
        self.over = threading.Event()
        self.began_ns = time.time_ns()
        self.number = 0
        self.required = set()
        self.possible = set()  # unknown, or deletion unknown
        self.deletions = 0

    def run(self):
        while not self.over.is_set():
            if not self.daemon_process.running():
                time.sleep(0.01)
                continue
            self.rng.choice((self.keep, self.keep, self.keep, self.doom, self.expire))()

    def push(self, labels, start_ns, tenant="default"):
        """The lines, and whether they were acknowledged."""
        self.number += 1
        lines = [f"{labels['app']}-{self.number}-{i} {'x' * self.rng.randrange(60)}"
                 for i in range(LINES)]
        answer = self.daemon_process.try_push(labels, lines, start_ns,
                                              {"X-Scope-OrgID": tenant})
        return lines, answer.status == 204

    def keep(self):
        labels = {"app": "keep", "instance": str(self.rng.randrange(5))}
        lines, acknowledged = self.push(labels, time.time_ns())
        (self.required if acknowledged else self.possible).update(lines)

    def doom(self):
        labels = {"app": "doomed", "number": str(self.number)}
        lines, pushed = self.push(labels, time.time_ns() - SECOND)
        if not pushed:
            self.possible.update(lines)
            return
        query = urllib.parse.urlencode({"query": '{app="doomed",number="%s"}' % labels["number"],
                                        "start": self.began_ns // SECOND - 60})
        answer = self.daemon_process.client.try_request("POST", "/loki/api/v1/delete?" + query)
        if answer.status == 204:
            self.deletions += 1
        elif answer.status == 0:
            self.possible.update(lines)
        else:
            self.required.update(lines)

    def expire(self):
        """Of two days ago: hidden once sealed, or dropped with its day."""
        old = time.time_ns() - 2 * DAY
        lines, _ = self.push({"app": "debug"}, old)
        self.possible.update(lines)
        self.push({"app": "any"}, old, tenant="brief")


class Round:
    def __init__(self, folder, options, rng):
        self.rng = rng
        self.seconds = options.seconds
        self.kills = 0
        config = os.path.join(folder, "sluiced.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG)
        self.daemon = harness.Daemon(os.path.join(folder, "daemon"), "--config.file", config)
        self.load = Load(self.daemon, random.Random(rng.randrange(1 << 32)))

    def run(self):
        """What is wrong, or ""."""
        try:
            self.daemon.start()
            self.load.start()
            self.kill_for(self.seconds)
            self.finish_load()
            if not self.daemon.running():
                self.daemon.start(wait=False)
            self.daemon.wait_ready()
            problem = self.compare("after the last kill")
            if problem:
                return problem
            self.settle()
            return self.compare("settled") or self.check()
        except AssertionError as error:
            return str(error)
        finally:
            self.finish_load()
            self.daemon.end()

    def finish_load(self):
        self.load.over.set()
        if self.load.ident is not None:
            self.load.join()

    def kill_for(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self.rng.uniform(0.02, 2))
            if self.daemon.running():
                self.daemon.kill()
                self.kills += 1
            time.sleep(self.rng.choice((0, 0, self.rng.uniform(0, 0.3))))
            self.daemon.start(wait=False)

    def settle(self):
        """Until deletions are processed and retention has dropped the brief tenant's day."""
        flushed = self.daemon.client.post("/flush", b"")
        assert flushed.status < 300, f"flush: {flushed.status} {flushed.text}"
        harness.wait_for("deletions and retention", self.settled, 120, 0.2)

    def settled(self):
        requests = self.daemon.client.get("/loki/api/v1/delete").json
        days = self.daemon.client.get("/api/v1/admin/storage").json["days"]
        return (all(request["status"] == "processed" for request in requests)
                and all(day["tenant"] != "brief" for day in days))

    def compare(self, when):
        start, end = self.load.began_ns - 3 * DAY, time.time_ns() + 60 * SECOND
        found = Counter(self.daemon.lines('{app=~"keep|doomed|debug"}', start, end))
        missing = self.load.required - found.keys()
        foreign = found.keys() - self.load.required - self.load.possible
        doubled = [line for line, times in found.items() if times > 1]
        problems = [f"{len(lines)} {what}, such as {min(lines)!r}" for what, lines in (
            ("missing", missing), ("deleted or never pushed", foreign), ("doubled", doubled))
            if lines]
        return f"{when}: " + "; ".join(problems) if problems else ""

    def check(self):
        self.daemon.stop()
        done = subprocess.run(
            [harness.program("sluiced"), "check", "--storage.path", self.daemon.storage],
            capture_output=True, text=True, timeout=300, check=False)
        return "" if done.returncode == 0 else f"check: {done.stdout}{done.stderr}"


def run_round(number, options, rng):
    with tempfile.TemporaryDirectory(prefix="sluice-crash-") as folder:
        this = Round(folder, options, rng)
        problem = this.run()
        print(f"round {number}: killed {this.kills} times, {len(this.load.required)} lines kept, "
              f"{this.load.deletions} deletions: {problem or 'all as acknowledged'}", flush=True)
        if problem:
            print(this.daemon.log(40))
    return not problem


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    rng = random.Random(options.seed)
    good = sum(run_round(n + 1, options, rng) for n in range(options.rounds))
    print(f"{good} of {options.rounds} rounds kept what was acknowledged")
    return 0 if good == options.rounds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
