"""The same queries answered one line at a time, with all lines in memory: sluice-bench-naive."""
import json
import os
import subprocess


class Naive:
    def __init__(self, binaries, corpus):
        self.corpus = corpus
        self.process = subprocess.Popen(
            [os.path.join(binaries, "sluice-bench-naive"), corpus.directory], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, query, path, parameters):
        """What it printed: cpu_ms, lines, series, sum; or error."""
        step = parameters.get("step", "0s").rstrip("s")
        end = parameters.get("end") or parameters["time"]
        fields = [query.kind, parameters.get("start", "0"), end, str(int(step) * 10**9),
                  str(parameters.get("limit", 0)), query.direction, parameters["query"]]
        self.process.stdin.write("\t".join(fields) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"sluice-bench-naive ended at {path} {parameters}")
        return json.loads(line)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
