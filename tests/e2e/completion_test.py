#!/usr/bin/env python3
"""Completion in real shells, with names and values from a real daemon."""

import os
import shutil
import subprocess

import harness


class CompletionTest(harness.Case):
    def setUp(self):
        super().setUp()
        self.server = self.daemon()
        self.server.push({"app": "web", "pod": "web-1"}, ["hello"])
        self.server.push({"app": "west"}, ["hello"])

    def run_shell(self, *command):
        environment = {**os.environ, "PATH": harness.bin_dir() + ":" + os.environ["PATH"],
                       "SLUICE_ADDR": self.server.url, "HOME": self.folder,
                       "XDG_CACHE_HOME": self.path("cache"), "XDG_CONFIG_HOME": self.path("config")}
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False,
                              env=environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        return sorted(line for line in done.stdout.splitlines() if line)

    def check_shell(self, complete):
        """`complete` gives what may follow the words, the last of which is being written."""
        self.assertIn("logs", complete("lo"))
        self.assertIn("explain", complete("gate", ""))
        self.assertIn("--on-fail", complete("gate", "run", "--on"))
        self.assertEqual(complete("logs", "'{po"), ["{pod="])
        self.assertEqual(complete("logs", "'{app=\"we"), ['{app="web"', '{app="west"'])
        self.assertEqual(complete("tail", "'{app=\"web\", pod=\"w"), ['{app="web", pod="web-1"'])
        self.assertEqual(complete("labels", "po"), ["pod"])

    @harness.unittest.skipUnless(shutil.which("bash"), "needs bash")
    def test_bash(self):
        script = self.sluice("completion", "bash").stdout
        body = ('complete() { :; }; compopt() { :; }; eval "$1"; shift; COMP_WORDS=(sluice "$@"); '
                "COMP_CWORD=$#; _sluice; printf '%s\\n' \"${COMPREPLY[@]}\"")
        self.check_shell(lambda *words: self.run_shell("bash", "-c", body, "x", script, *words))

    @harness.unittest.skipUnless(shutil.which("zsh"), "needs the package zsh")
    def test_zsh(self):
        script = self.sluice("completion", "zsh").stdout
        # The completion system's own parts, as far as the script uses them: what it offers is
        # printed; -U offers all of it, otherwise what begins with $PREFIX.
        body = r"""
            compdef() { : }
            _files() { : }
            compadd() {
              local all=0
              while [[ $1 == -* && $1 != -- ]]; do
                [[ $1 == -U ]] && all=1
                [[ $1 == -S ]] && shift
                shift
              done
              shift
              local word
              for word in "$@"; do
                [[ $all == 1 || $word == "$PREFIX"* ]] && print -r -- "$word"
              done
              return 0
            }
            eval "$1"; shift
            words=(sluice "$@"); CURRENT=$#words; PREFIX="${words[CURRENT]#[\"\']}"
            _sluice
        """
        self.check_shell(
            lambda *words: self.run_shell("zsh", "-f", "-c", body, "x", script, *words))

    @harness.unittest.skipUnless(shutil.which("fish"), "needs the package fish")
    def test_fish(self):
        script = self.path("sluice.fish")
        with open(script, "w", encoding="utf-8") as file:
            file.write(self.sluice("completion", "fish").stdout)

        def complete(*words):
            body = "source $argv[1]; complete -C (string join ' ' -- sluice $argv[2..])"
            return self.run_shell("fish", "--no-config", "-c", body, script, *words)

        self.check_shell(complete)


if __name__ == "__main__":
    harness.main()
