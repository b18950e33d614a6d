"""Real binaries on real ports, for tests in Python.

    class PushTest(harness.Case):
        def test_a_line_comes_back(self):
            daemon = self.daemon()
            daemon.push({"app": "pay"}, ["hello"])
            daemon.kill()
            daemon.start()
            self.assertEqual(daemon.lines('{app="pay"}'), ["hello"])

A Case has a temporary folder, ends every process it started, and shows the processes' logs when a
test fails. Waiting is polling a condition until a deadline; no test sleeps to be right.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from http_client import Client, encode_json
from loki import LokiCalls

READY_SECONDS = 60
STOP_SECONDS = 60


def bin_dir():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return os.environ.get("SLUICE_BIN_DIR", os.path.join(root, "build", "debug", "bin"))


def program(name):
    return os.path.join(bin_dir(), name)


def wait_for(what, condition, seconds=30, every=0.02):
    """The first true value of condition(); an AssertionError naming `what` after the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}; last: {value!r}")
        time.sleep(every)


def free_port():
    """A port nobody listens on now. Fixed, because a restarted process must be found again."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """One of our binaries with its arguments; may be started and ended again and again."""

    def __init__(self, name, log_path):
        self.name = name
        self.log_path = log_path
        self.port = free_port()
        self.client = Client(self.port)
        self._process = None

    def arguments(self):
        raise NotImplementedError

    def environment(self):
        return None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self._process.pid

    def running(self):
        return self._process is not None and self._process.poll() is None

    def start(self, wait=True):
        assert not self.running(), f"{self.name} runs already"
        with open(self.log_path, "ab") as log:
            self._process = subprocess.Popen(
                [program(self.name), *self.arguments()], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env=self.environment(), start_new_session=True)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self):
        wait_for(f"{self.name} to be ready", self._ready_or_dead, READY_SECONDS)

    def _ready_or_dead(self):
        if not self.running():
            code = self._process.returncode
            raise AssertionError(f"{self.name} ended with {code}:\n{self.log()}")
        return self.client.try_get("/-/ready").status == 200

    def stop(self):
        """SIGTERM, and the process must end cleanly."""
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(STOP_SECONDS)
        assert code == 0, f"{self.name} stopped with {code}:\n{self.log()}"

    def kill(self):
        """SIGKILL: no destructor, no flush, nothing said."""
        self._process.kill()
        self._process.wait(STOP_SECONDS)

    def end(self):
        """What a Case does with leftovers."""
        if self.running():
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def log(self, lines=30):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as file:
                return "".join(file.readlines()[-lines:])
        except FileNotFoundError:
            return ""

    def metric(self, name):
        """The sum over all labels of one of its own metrics."""
        total = 0.0
        for line in self.client.get("/metrics").text.splitlines():
            if line.startswith((name + " ", name + "{")):
                total += float(line.rsplit(" ", 1)[1])
        return total


class Daemon(Process, LokiCalls):
    """sluiced with a database in `folder`. Extra arguments go to its command line."""

    def __init__(self, folder, *extra):
        os.makedirs(folder, exist_ok=True)
        super().__init__("sluiced", os.path.join(folder, "sluiced.log"))
        self.storage = os.path.join(folder, "store")
        self.extra = list(extra)

    def arguments(self):
        return ["--storage.path", self.storage, "--http.listen", f"127.0.0.1:{self.port}",
                *self.extra]


class Agent(Process):
    """sluice-agent on files, shipping to a server."""

    def __init__(self, folder, server, files, *extra):
        os.makedirs(folder, exist_ok=True)
        super().__init__("sluice-agent", os.path.join(folder, "agent.log"))
        self.state = os.path.join(folder, "state")
        self.server = server
        self.files = list(files)
        self.extra = list(extra)

    def arguments(self):
        return ["--server", self.server, "--state", self.state, "--http.listen",
                f"127.0.0.1:{self.port}", "--files", *self.files, *self.extra]


class Case(unittest.TestCase):
    """A test with a folder and processes of its own."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="sluice-test-")
        self.processes = []
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        for process in reversed(self.processes):
            process.end()
        if self._failed():
            for process in self.processes:
                print(f"--- {process.log_path}\n{process.log(60)}", file=sys.stderr)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _failed(self):
        outcome = getattr(self, "_outcome", None)
        result = getattr(outcome, "result", None)
        failures = getattr(result, "failures", []) + getattr(result, "errors", [])
        return any(case is self for case, _ in failures) or not getattr(outcome, "success", True)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def track(self, process):
        self.processes.append(process)
        return process

    def daemon(self, *extra, name="daemon", start=True):
        daemon = self.track(Daemon(self.path(name), *extra))
        return daemon.start() if start else daemon

    def agent(self, server, files, *extra, name="agent", start=True):
        agent = self.track(Agent(self.path(name), server, files, *extra))
        return agent.start() if start else agent

    def sluice(self, *arguments, check=True, **environment):
        """Runs the command-line client to its end."""
        done = subprocess.run(
            [program("sluice"), *arguments], capture_output=True, text=True, timeout=60,
            check=False, env={**os.environ, "NO_COLOR": "1", **environment})
        if check:
            self.assertEqual(done.returncode, 0, f"sluice {arguments}: {done.stdout}{done.stderr}")
        return done


def main():
    unittest.main(verbosity=2)


__all__ = ["Agent", "Case", "Client", "Daemon", "Process", "bin_dir", "encode_json", "free_port",
           "main", "program", "wait_for"]
