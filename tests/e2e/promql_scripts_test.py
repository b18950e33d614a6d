#!/usr/bin/env python3
"""The PromQL scripts of tests/data, loaded by remote write and asked through the HTTP API."""

import glob
import os
import re
import subprocess

import harness

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CASES_LEAST = 700


class PromqlScriptsTest(harness.Case):
    def test_every_script_holds_through_the_api(self):
        daemon = self.daemon("--storage.retention", "0")  # scripts begin in 1970
        scripts = sorted(glob.glob(os.path.join(ROOT, "tests/data/promql/*.test")))
        done = self.run_scripts(daemon.url, scripts)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        cases = int(re.search(r"(\d+) cases", done.stdout).group(1))
        self.assertGreaterEqual(cases, CASES_LEAST)

    def test_names_go_at_the_end_if_configured(self):
        config = self.path("daemon.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("query: {delayed_name_removal: true}\n")
        daemon = self.daemon("--storage.retention", "0", "--config.file", config)
        scripts = sorted(glob.glob(os.path.join(ROOT, "tests/data/promql/delayed_names/*.test")))
        done = self.run_scripts(daemon.url, scripts)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_differs_is_noticed(self):
        daemon = self.daemon("--storage.retention", "0")
        script = self.path("wrong.test")
        with open(script, "w", encoding="utf-8") as file:
            file.write("load 1m\n  a 1\n  h {{count:1 sum:2 z_bucket:1}}\n"
                       "eval instant at 0 a\n  a 2\n"
                       "eval instant at 0 h\n  h {{count:1 sum:3 z_bucket:1}}\n"
                       "eval instant at 0 h\n  h {{count:1 sum:2 z_bucket:1}}\n"
                       "eval instant at 0 quantile(2, a)\n  {} Inf\n")
        done = self.run_scripts(daemon.url, [script])
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("4 cases, 3 failures", done.stdout)

    def run_scripts(self, url, scripts):
        return subprocess.run([harness.program("sluice-query-scripts"), url, *scripts],
                              capture_output=True, text=True, timeout=200, check=False)


if __name__ == "__main__":
    harness.main()
