#!/usr/bin/env python3
"""`sluice export` killed at random moments and run again: the files are those of one quiet run."""

import os
import random
import subprocess
import time

import harness
from loki import NANOSECONDS

LINES = 6000
KILLS = 4


class ExportTest(harness.Case):
    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("SLUICE_SEED", random.randrange(1 << 30)))
        print(f"seed {self.seed}; repeat with SLUICE_SEED={self.seed}")
        self.random = random.Random(self.seed)

    def command(self, daemon, folder, start, end):
        return [harness.program("sluice"), "--addr", daemon.url, "export", '{app=~"a|b"}',
                "-d", folder, "--from", str(start), "--to", str(end), "--split", "60s",
                "--batch", "50", "--jobs", "3", "--merge", "--compress", "none"]

    def files(self, folder):
        out = {}
        for name in os.listdir(folder):
            if name.endswith(".tmp"):
                continue
            with open(os.path.join(folder, name), "rb") as file:
                content = file.read()
            # Parts are finished in any order.
            out[name] = sorted(content.splitlines()) if name == "manifest.jsonl" else content
        return out

    def test_the_result_is_the_same_after_kills(self):
        daemon = self.daemon()
        start = time.time_ns() - 1200 * NANOSECONDS
        start -= start % NANOSECONDS
        # Pairs of lines share a timestamp, within a stream and across streams.
        for app in ("a", "b"):
            daemon.push_at(app, [(start + i // 2 * NANOSECONDS // 5, f"{app} line {i}")
                                 for i in range(LINES // 2)])
        end = start + 600 * NANOSECONDS
        quiet = self.path("quiet")
        subprocess.run(self.command(daemon, quiet, start, end), check=True,
                       stdout=subprocess.DEVNULL)
        expected = self.files(quiet)
        self.assertEqual(expected["export.jsonl"].count(b"\n"), LINES)

        broken = self.path("broken")
        for _ in range(KILLS):
            process = subprocess.Popen(self.command(daemon, broken, start, end),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=self.random.uniform(0.02, 0.4))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            # What was in memory is now in a part.
            self.assertIn(daemon.client.post("/flush", b"").status, (200, 204))
        subprocess.run(self.command(daemon, broken, start, end), check=True,
                       stdout=subprocess.DEVNULL)
        self.assertEqual(self.files(broken), expected)


if __name__ == "__main__":
    harness.main()
