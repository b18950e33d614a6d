"""The corpus on disk: made by sluice-bench-corpus, described by its manifest."""
import json
import os
import shlex
import subprocess

import query_file


class Corpus:
    def __init__(self, binaries, directory, megabytes, seed, samples):
        command = [os.path.join(binaries, "sluice-bench-corpus"), "--out", directory,
                   "--mb", str(megabytes), "--seed", str(seed)]
        if samples:
            command += ["--samples", samples]
        self.directory = directory
        self.samples = samples
        self.__dict__.update(json.loads(subprocess.check_output(command)))
        with open(os.path.join(directory, "manifest.tsv"), encoding="utf-8") as file:
            self.rows = [line.rstrip("\n").split("\t") for line in file]

    def files(self, wanted=lambda row: True):
        return [os.path.join(self.directory, row[4] + ".log") for row in self.rows if wanted(row)]

    def apps(self):
        return {row[2] for row in self.rows}

    def query_values(self):
        span = (self.end - self.start) // 10**9
        one = self.rows[0]
        return {"span": f"{span}s", "step": f"{span // query_file.STEPS}s", "stream": one[0]}

    def shell_values(self):
        """Names of files for reference commands, quoted."""
        def quoted(wanted):
            return " ".join(shlex.quote(path) for path in self.files(wanted))
        values = {app: quoted(lambda row, app=app: row[2] == app) for app in self.apps()}
        values.update(all=quoted(lambda row: True), json=quoted(lambda row: row[1] == "json"),
                      text=quoted(lambda row: row[1] == "text"),
                      one=quoted(lambda row: row is self.rows[0]))
        return values
