#!/usr/bin/env python3
"""./dev says what it can do, refuses what it cannot, and its scripts are clean."""

import os
import shutil
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def dev(*arguments):
    return subprocess.run([os.path.join(ROOT, "dev"), *arguments], capture_output=True, text=True,
                          timeout=60, check=False)


class DevTest(unittest.TestCase):
    def test_help_names_every_subcommand(self):
        done = dev("help")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in os.listdir(os.path.join(ROOT, "packaging", "dev")):
            command = name[: -len(".sh")]
            if command not in ("lib", "packages"):
                self.assertRegex(done.stdout, rf"(?m)^  {command}\b.*\S", command)

    def test_no_arguments_show_the_help(self):
        self.assertEqual(dev().stdout, dev("help").stdout)

    def test_unknown_commands_are_refused(self):
        for wrong in ("frobnicate", "lib", "../dev", "--version"):
            done = dev(wrong)
            self.assertEqual(done.returncode, 2, wrong)
            self.assertIn("./dev help", done.stderr)

    def test_wrong_arguments_are_refused(self):
        self.assertEqual(dev("test", "--bogus").returncode, 2)
        self.assertEqual(dev("deps", "bogus").returncode, 2)
        self.assertIn("no fuzz target", dev("fuzz", "bogus").stderr)

    @unittest.skipUnless(shutil.which("shellcheck"), "needs shellcheck")
    def test_scripts_pass_shellcheck(self):
        folder = os.path.join(ROOT, "packaging", "dev")
        scripts = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
        done = subprocess.run(
            ["shellcheck", "--external-sources", "dev", ".ci/run", *scripts], cwd=ROOT,
            capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
