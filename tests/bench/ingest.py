"""./dev bench ingest [--mb N]: how fast logs go in, how small they lie, how fast they are found.

Every figure is measured in this run: the server's CPU time and peak memory come from the kernel,
sizes from the disk, and the references (zstd -3, grep -c) run on the same files on this machine.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import corpus

FORMATS = ["protobuf", "json", "gzip"]
QUERIES = [
    ("absent word", '{kind=~".+"} |= "zzqqxxyy"', "zzqqxxyy"),
    ("rare word", '{kind="text"} |= "session-4242.scope"', "session-4242.scope"),
    ("lines by kind", 'sum by (kind) (count_over_time({kind=~".+"}[2h]))', None),
    ("errors by service", 'sum by (service) (count_over_time({kind="json"} |= "error" [2h]))',
     None),
    ("json status >= 500", '{kind="json"} | json | status >= 500', None),
    ("newest 100 of a stream", '{host="node-03"}', None),
]


class Server:
    """One sluiced with its own data directory and port, watched through /proc."""

    def __init__(self, binaries, directory):
        self.directory = directory
        self.log = open(os.path.join(directory, "sluiced.log"), "wb")
        self.process = subprocess.Popen(
            [os.path.join(binaries, "sluiced"), "--storage.path", os.path.join(directory, "data"),
             "--http.listen", "127.0.0.1:0"], stderr=self.log)
        self.url = "http://127.0.0.1:%d" % self._port()

    def _port(self):
        deadline = time.monotonic() + 20
        path = os.path.join(self.directory, "sluiced.log")
        while time.monotonic() < deadline and self.process.poll() is None:
            for line in open(path, encoding="utf-8", errors="replace"):
                if "msg=listening" in line:
                    return int(line.split("port=")[1].split()[0])
            time.sleep(0.02)
        sys.exit("sluiced did not start:\n" + open(path, encoding="utf-8").read())

    def cpu_seconds(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mb(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return 0

    def get(self, path, method="GET"):
        request = urllib.request.Request(self.url + path, method=method)
        with urllib.request.urlopen(request, timeout=300) as response:
            return response.read()

    def disk_mb(self):
        self.get("/flush", "POST")
        total = 0
        for base, _, names in os.walk(os.path.join(self.directory, "data")):
            total += sum(os.path.getsize(os.path.join(base, n)) for n in names)
        return total / 1e6

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


def seconds(command):
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    return time.perf_counter() - began, len(done.stdout)


def ingest(binaries, files, form, raw):
    directory = tempfile.mkdtemp(prefix="sluice-bench-")
    server = Server(binaries, directory)
    try:
        before = server.cpu_seconds()
        out = subprocess.run([os.path.join(binaries, "sluice-bench-push"), server.url, form, "2"] +
                             [f"{labels}={path}" for labels, path in files],
                             stdout=subprocess.PIPE, check=True)
        pushed = json.loads(out.stdout)
        cpu = server.cpu_seconds() - before
        disk = server.disk_mb()
        print(f"  {form:9} {pushed['bytes'] / 1e6 / pushed['seconds']:7.1f} MB/s "
              f"{pushed['lines'] / pushed['seconds']:10.0f} lines/s "
              f"{cpu / (raw / 1e9):7.1f} CPU-s/GB {server.peak_mb():7.0f} MB peak "
              f"{disk:8.1f} MB on disk = {raw / 1e6 / disk:.1f}:1", flush=True)
    except BaseException:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)
        raise
    return server, directory


def query_ms(server, query):
    params = {"query": query, "limit": "1000" if "500" in query else "100", "since": "2h"}
    path = "/loki/api/v1/query_range?" + urllib.parse.urlencode(params)
    if query.startswith("sum"):
        path = "/loki/api/v1/query?" + urllib.parse.urlencode({"query": query})
    before, began = server.cpu_seconds(), time.perf_counter()
    server.get(path)
    return (time.perf_counter() - began) * 1000, (server.cpu_seconds() - before) * 1000


def queries(server, files):
    print("  query                     cold ms    warm ms   warm CPU ms   grep -c ms")
    paths = [path for _, path in files]
    for name, query, needle in QUERIES:
        cold, _ = query_ms(server, query)
        warm = [query_ms(server, query) for _ in range(5)]
        grep = "         -"
        if needle:
            grep = f"{seconds(['grep', '-c', needle] + paths)[0] * 1000:10.1f}"
        print(f"  {name:24} {cold:8.1f} {sorted(w for w, _ in warm)[2]:10.1f} "
              f"{sum(c for _, c in warm) / 5:13.1f}   {grep}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="folder of the release binaries")
    parser.add_argument("--mb", type=int, default=200, help="size of the corpus (default 200)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sluice-corpus-") as directory:
        files = corpus.write(directory, args.mb)
        raw = sum(os.path.getsize(path) for _, path in files)
        took, size = seconds(["sh", "-c", 'cat "$@" | zstd -3 -c', "sh"] + [p for _, p in files])
        print(f"corpus: {raw / 1e6:.0f} MB in {len(files)} files")
        print(f"reference: zstd -3 of the files: {raw / size:.1f}:1, "
              f"{raw / 1e6 / took:.0f} MB/s on one core")
        print("ingest, 2 connections, pusher on the same machine, every push fsynced:")
        for form in FORMATS:
            server, data = ingest(args.bin, files, form, raw)
            if form == FORMATS[-1]:
                print("queries over the last ingest:")
                queries(server, files)
            server.stop()
            shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
