#!/usr/bin/env python3
"""Configuration: what we ship is accepted, what is wrong is named with file, line and column."""

import os
import subprocess
import unittest

import harness

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class ConfigTest(harness.Case):
    def check(self, program, text):
        path = self.path("config.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return self.check_file(program, path)

    def check_file(self, program, path):
        return subprocess.run(
            [harness.program(program), "--check-config", "--config.file", path],
            capture_output=True, text=True, timeout=30, check=False, cwd=self.folder)

    def test_packaged_files_are_accepted(self):
        for program, name in (("sluiced", "sluiced.yaml"), ("sluice-agent", "agent.yaml")):
            with self.subTest(name):
                done = self.check_file(program, os.path.join(ROOT, "packaging", "etc", name))
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_misspelt_key_is_named_with_its_place_and_a_suggestion(self):
        for program, text, place in (("sluiced", "http:\n  lissten: a:1\n", ":2:3:"),
                                     ("sluice-agent", "tail:\n  batch_agee: 1s\n", ":2:3:")):
            with self.subTest(program):
                done = self.check(program, text)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn("config.yaml" + place, done.stderr)
                self.assertIn("did you mean", done.stderr)

    def test_a_missing_file_is_named(self):
        for program in ("sluiced", "sluice-agent"):
            with self.subTest(program):
                done = self.check_file(program, "/nonexistent/x.yaml")
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("/nonexistent/x.yaml", done.stderr)

    def test_wrong_flags_say_which_and_end_with_2(self):
        for program, *command in (["sluiced"], ["sluice-agent"], ["sluice", "labels"]):
            with self.subTest(program):
                done = subprocess.run(
                    [harness.program(program), *command, "--frobnicate"], timeout=30,
                    capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn("frobnicate", done.stderr)

    def test_help_is_worth_reading(self):
        for program in ("sluiced", "sluice-agent", "sluice"):
            with self.subTest(program):
                done = subprocess.run([harness.program(program), "--help"], timeout=30,
                                      capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0)
                self.assertGreater(len(done.stdout.splitlines()), 10)

    def write_config(self, text):
        with open(self.path("sluiced.yaml"), "w", encoding="utf-8") as file:
            file.write(text)

    def shown(self, daemon, flag):
        return daemon.client.get("/api/v1/status/flags").json["data"][flag]

    def test_a_reload_is_all_or_nothing_and_shown(self):
        rules = self.path("rules.yaml")
        text = ("log: {level: %s}\nlimits: {line_bytes: %s}\n@"
                "alerting: {rule_files: ['" + rules + "']}\n"
                "scrape_configs:\n- job_name: %s\n")
        with open(rules, "w", encoding="utf-8") as file:
            file.write("groups: []\n")
        self.write_config(text.replace("@", "") % ("info", "1MiB", "one"))
        daemon = self.daemon("--config.file", self.path("sluiced.yaml"))
        self.assertEqual(self.shown(daemon, "log.level"), "info")
        no_certificate = "http: {tls: {cert_file: /none, key_file: /none}}\n"
        for what, broken in (("the certificate", no_certificate), ("a rule", "")):
            with self.subTest(what):
                with open(rules, "w", encoding="utf-8") as file:
                    file.write("groups: []\n" if broken else "groups: [{nam: x}]\n")
                self.write_config(text.replace("@", broken) % ("debug", "2MiB", "two"))
                self.assertGreaterEqual(daemon.client.post("/-/reload", b"").status, 400)
                self.assertEqual(self.shown(daemon, "log.level"), "info")
                pools = daemon.client.get("/api/v1/scrape_pools").json["data"]["scrapePools"]
                self.assertEqual(pools, ["one"])
        with open(rules, "w", encoding="utf-8") as file:
            file.write("groups: []\n")
        daemon.client.post("/-/reload", b"")
        self.assertEqual(self.shown(daemon, "log.level"), "debug")
        self.assertEqual(self.shown(daemon, "limits.line_bytes"), "1MiB")  # needs a restart
        config = daemon.client.get("/api/v1/status/config").json["data"]["yaml"]
        self.assertIn('level: "debug"', config)


if __name__ == "__main__":
    unittest.main()
