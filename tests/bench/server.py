"""One sluiced with a data directory of its own, watched from outside through the kernel."""
import http.client
import os
import signal
import subprocess
import sys
import time
import urllib.parse

READY_SECONDS = 300
SETTLE_SECONDS = 600
QUIET_SECONDS = 3
QUIET_CPU = 0.05  # share of a core below which the server counts as idle
STORE = "sluice_storage_"


class Server:
    def __init__(self, binaries, directory, arguments=()):
        self.binaries = binaries
        self.arguments = list(arguments)
        self.directory = directory
        self.data = os.path.join(directory, "data")
        self.process = None
        self.port = None
        self.ready_seconds = None

    def start(self):
        """Starts it and waits until /-/ready says 200; ready_seconds tells how long that took."""
        path = os.path.join(self.directory, "sluiced.log")
        began = time.perf_counter()
        with open(path, "wb") as log:
            # The corpus is of a fixed date: nothing is too old.
            self.process = subprocess.Popen(
                [os.path.join(self.binaries, "sluiced"), "--storage.path", self.data,
                 "--storage.retention", "0", "--http.listen", "127.0.0.1:0", *self.arguments],
                stderr=log)
        self.port = self._wait(began, path, self._port)
        self._wait(began, path, lambda _: self.request("GET", "/-/ready")[0] == 200)
        self.ready_seconds = time.perf_counter() - began
        return self

    def _wait(self, began, log, condition):
        while time.perf_counter() < began + READY_SECONDS and self.process.poll() is None:
            value = condition(log)
            if value:
                return value
            time.sleep(0.005)
        with open(log, encoding="utf-8", errors="replace") as file:
            sys.exit("sluiced did not become ready:\n" + file.read()[-3000:])

    @staticmethod
    def _port(log):
        with open(log, encoding="utf-8", errors="replace") as file:
            for line in file:
                if "msg=listening" in line and "port=" in line:
                    return int(line.split("port=")[1].split()[0])
        return None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def request(self, method, path, parameters=None):
        """(status, body); (0, b"") while nobody listens."""
        if parameters:
            path += "?" + urllib.parse.urlencode(parameters)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, response.read()
        except ConnectionError:
            return 0, b""
        finally:
            connection.close()

    def cpu_seconds(self):
        """Of all its threads, to the nanosecond; /proc's stat has ticks of 10 ms only."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def peak_mb(self):
        return self._memory_mb("VmHWM")

    def resident_mb(self):
        return self._memory_mb("VmRSS")

    def _memory_mb(self, what):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith(what):
                    return int(line.split()[1]) * 1024 / 1e6
        return 0.0

    def disk_bytes(self):
        """Apparent sizes of everything in the data directory."""
        return sum(os.path.getsize(path) for path in self._files())

    def _files(self):
        for base, _, names in os.walk(self.data):
            for name in names:
                path = os.path.join(base, name)
                if os.path.isfile(path):
                    yield path

    def metrics(self):
        """{name: value summed over its labels} of its storage metrics."""
        totals = {}
        for line in self.request("GET", "/metrics")[1].decode().splitlines():
            if line.startswith(STORE):
                name = line.split("{")[0].split(" ")[0]
                totals[name] = totals.get(name, 0) + float(line.rsplit(" ", 1)[1])
        return totals

    def settle(self):
        """Flushes and waits for background work. Returns (seconds waited, whether it ended).

        It counts as settled when no merge is pending and for three seconds the process was idle and
        neither merges, nor parts, nor bytes on disk changed.
        """
        status, body = self.request("POST", "/flush")
        if status != 204:
            sys.exit(f"POST /flush answered {status}: {body.decode(errors='replace')}")
        began = time.monotonic()
        while time.monotonic() < began + SETTLE_SECONDS:
            state, cpu = self._work_state(), self.cpu_seconds()
            time.sleep(QUIET_SECONDS)
            idle = self.cpu_seconds() - cpu < QUIET_CPU * QUIET_SECONDS
            pending = self.metrics().get(STORE + "merges_pending")
            if idle and pending == 0 and state == self._work_state():
                return time.monotonic() - began, True
        return time.monotonic() - began, False

    def _work_state(self):
        metrics = self.metrics()
        counts = [metrics.get(STORE + name) for name in ("merges_total", "seals_total", "parts")]
        return counts, self.disk_bytes()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def forget_pages(self):
        """Asks the kernel to drop its cached pages of the data; other files keep theirs."""
        for path in self._files():
            file = os.open(path, os.O_RDONLY)
            try:
                os.fsync(file)
                os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(file)
