#!/usr/bin/env python3
"""The README's commands work as written."""

import os
import subprocess

import harness
from readme_commands import COMMANDS, RUN

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class ReadmeTest(harness.Case):
    def test_every_command_that_can_run_here_succeeds(self):
        runnable = [command for command, how in COMMANDS.items() if how == RUN]
        if not runnable:
            self.skipTest("the README has no command that runs against a daemon")
        daemon = self.daemon()
        # As ./dev up's agent labels the demo service.
        daemon.push({"filename": "/srv/var/demo/shop.log", "job": "files", "service_name": "shop"},
                    ['{"level":"error","msg":"timeout","status":500,"trace_id":"4bf92f35"}'] * 5)
        for command in runnable:
            with self.subTest(command):
                done = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", command.replace("build/release/bin/", "")],
                    cwd=self.folder, env=self.environment(daemon), capture_output=True, text=True,
                    timeout=60, check=False)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertNotIn(done.stdout.strip(), ("", "no series"), done.stderr)

    def environment(self, daemon):
        path = harness.bin_dir() + os.pathsep + os.environ["PATH"]
        return {**os.environ, "PATH": path, "SLUICE_ADDR": daemon.url, "NO_COLOR": "1"}


if __name__ == "__main__":
    harness.main()
