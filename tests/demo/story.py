"""./dev demo: the whole story with real processes, step by step. Also an end-to-end test.

Logs and metrics arrive -> a query finds a request by its trace id -> version B is released -> a
rule fires on its error rate -> a webhook is notified -> the gate judges B against A and fails with
its evidence -> the daemon calls the rollback hook -> version A is seen running again -> exit 9.
"""
import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

CONFIG = """\
http:
  listen: 127.0.0.1:0
storage:
  path: {dir}/data
alerting:
  rule_files: ["{dir}/rules.yaml"]
  receivers:
    - name: oncall
      webhook_configs:
        - url: http://127.0.0.1:{receiver_port}/
  route:
    receiver: oncall
    group_by: [alertname, service]
    group_wait: 1s
    group_interval: 5s
    repeat_interval: 1h
release:
  services:
    shop:
      selector: '{{service_name="shop"}} | json | version="{{{{version}}}}"'
      errors: '| level="error"'
      rollback: rollback-shop
  policies:
    demo:
      window: 60s
      interval: 3s
      timeout: 90s
      on_fail: rollback
  hooks:
    rollback-shop:
      exec: ["{bin}/sluice-demo", rollback, --state, "{dir}/shop"]
      verify: {{timeout: 40s, quiet_for: 5s}}
"""

RULES = """\
groups:
  - name: shop
    interval: 2s
    rules:
      - alert: ShopErrorRate
        expr: |
          sum by (service_name) (rate({service_name="shop"} | json | level="error" [20s]))
            / sum by (service_name) (rate({service_name="shop"} [20s])) > 0.03
        for: 4s
        labels: {severity: page}
        annotations:
          summary: 'shop answers {{ $value | humanizePercentage }} of requests with an error'
"""


class Failed(Exception):
    """The story did not go as it must; the text says where."""


class Terminal:
    """What the watcher sees: numbered steps, indented detail, seconds since the start."""

    def __init__(self):
        self.began = time.monotonic()
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def _paint(self, code, text):
        return f"\033[{code}m{text}\033[0m" if self.colour else text

    def step(self, text):
        stamp = self._paint("2", f"[{time.monotonic() - self.began:5.1f}s]")
        print(f"\n{stamp} {self._paint('1;36', text)}", flush=True)

    def detail(self, text):
        for line in text.rstrip("\n").split("\n"):
            print("         " + line, flush=True)


class Story:
    def __init__(self, binaries, directory, rate, terminal):
        self.bin = os.path.abspath(binaries)
        self.dir = directory
        self.rate = rate
        self.out = terminal
        self.running = []
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("SLUICE_", "LOKI_"))}

    # --- processes

    def start(self, name, *arguments):
        log = open(self.path(f"{name}.log"), "wb")
        process = subprocess.Popen([os.path.join(self.bin, name.split(":")[0]), *arguments],
                                   stdout=log, stderr=subprocess.STDOUT, env=self.env,
                                   start_new_session=True)
        log.close()
        self.running.append((name, process))
        return process

    def stop(self):
        for name, process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise Failed(f"{name} did not stop within 20 s of SIGTERM")
        self.running = []

    def path(self, name):
        return os.path.join(self.dir, name)

    def text(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as f:
            return f.read()

    def until(self, what, seconds, probe):
        """Polls until probe() gives something true, and gives that back."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = probe()
            if found:
                return found
            for name, process in self.running:
                if process.poll() is not None:
                    log = self.text(name + ".log")[-2000:]
                    raise Failed(f"{name} ended with {process.returncode}:\n{log}")
            time.sleep(0.1)
        raise Failed(f"waited {seconds} s in vain: {what}")

    def sluice(self, *arguments, timeout=120):
        done = subprocess.run([os.path.join(self.bin, "sluice"), *arguments], env=self.env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=timeout, check=False)
        return done

    def get(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as response:
                return json.load(response)
        except (urllib.error.URLError, json.JSONDecodeError):
            return None

    # --- the story

    def begin(self):
        self.out.step(
            "Starting: a webhook receiver, sluiced, the demo shop (version A), sluice-agent")
        os.makedirs(self.path("shop"))
        self.start("sluice-demo:receiver", "receive", "--listen", "127.0.0.1:0",
                   "--port-file", self.path("receiver.port"))
        port = self.until("the webhook receiver listens", 10,
                          lambda: self.file_number("receiver.port"))
        with open(self.path("rules.yaml"), "w", encoding="utf-8") as f:
            f.write(RULES)
        with open(self.path("sluiced.yaml"), "w", encoding="utf-8") as f:
            f.write(CONFIG.format(dir=self.dir, bin=self.bin, receiver_port=port))
        self.start("sluiced", "--config.file", self.path("sluiced.yaml"))
        self.url = "http://127.0.0.1:%d" % self.until("sluiced listens", 20, self.daemon_port)
        self.env["SLUICE_ADDR"] = self.url
        self.start("sluice-demo:shop", "run", "--state", self.path("shop"), "--version", "A",
                   "--file", self.path("shop/shop.log"), "--rate", str(self.rate))
        self.start("sluice-agent", "--server", self.url, "--state", self.path("agent"),
                   "--http.listen", "127.0.0.1:0", "--files", self.path("shop/*.log"),
                   "--label", "service_name=shop", "--metrics.interval", "5s")
        self.out.detail(f"API and web UI: {self.url}")

    def file_number(self, name):
        with contextlib.suppress(OSError, ValueError):
            return int(self.text(name))
        return None

    def daemon_port(self):
        for line in self.text("sluiced.log").split("\n"):
            if "msg=listening" in line:
                return int(line.split("port=")[1].split()[0])
        return None

    def find_by_trace(self):
        self.out.step("Logs arrive: finding one request by its trace id")
        first = self.until("the shop writes", 10, self.first_request)
        trace = json.loads(first)["trace_id"]
        query = '{service_name="shop"} |= "%s"' % trace
        lines = self.until("the request can be found", 20, lambda: self.raw(query))
        self.out.detail(f"$ sluice logs '{query}'")
        self.out.detail(lines)
        if first not in lines:
            raise Failed(f"the line came back changed:\n  wrote {first}\n  got   {lines}")

    def first_request(self):
        with contextlib.suppress(OSError):
            whole = self.text("shop/shop.log").split("\n")[:-1]
            return next((line for line in whole if "trace_id" in line), None)
        return None

    def raw(self, query):
        done = self.sluice("logs", query, "--since", "10m", "-o", "raw", "-q")
        if done.returncode not in (0, 1):
            raise Failed(f"sluice logs exited {done.returncode}: {done.stderr}")
        return done.stdout.strip()

    def see_metrics(self):
        self.out.step("Metrics arrive: the load of this machine, by PromQL")
        self.until("node_load1 is there", 20,
                   lambda: "node_load1" in self.sluice("metric", "node_load1").stdout)
        self.out.detail("$ sluice metric node_load1")
        self.out.detail(self.sluice("metric", "node_load1").stdout)

    def traffic_of_a(self):
        self.out.step("Version A serves traffic; its deployment is recorded")
        release = self.must("release", "start", "--service", "shop", "--env", "prod",
                            "--version", "A")
        self.must("release", "finish", release.strip())
        wanted = 10 * self.rate
        count = self.until(f"{wanted} lines of version A", 60, lambda: self.count("A", wanted))
        self.out.detail(f"{count:.0f} requests of version A stored")

    def must(self, *arguments):
        done = self.sluice(*arguments)
        if done.returncode != 0:
            said = done.stderr + done.stdout
            raise Failed(f"sluice {' '.join(arguments)} exited {done.returncode}: {said}")
        return done.stdout

    def count(self, version, at_least):
        expr = 'sum(count_over_time({service_name="shop"} | json | version="%s" [10m]))' % version
        answer = self.get("/loki/api/v1/query?query=" + urllib.parse.quote(expr))
        result = answer["data"]["result"] if answer else []
        value = float(result[0]["value"][1]) if result else 0
        return value if value >= at_least else None

    def release_b(self):
        self.out.step("Version B is deployed. It has a defect nobody knows of")
        program = os.path.join(self.bin, "sluice-demo")
        subprocess.run([program, "deploy", "B", "--state", self.path("shop")], check=True,
                       stdout=subprocess.DEVNULL)
        self.must("release", "start", "--service", "shop", "--env", "prod", "--version", "B")
    def alert(self):
        self.out.step("A rule fires on the error rate and a webhook is notified")
        text = self.until("the receiver was notified", 90, self.notification)
        self.out.detail(text)

    def notification(self):
        text = self.text("sluice-demo:receiver.log")
        return text if "ShopErrorRate" in text else None

    def verdict(self):
        self.out.step("The gate judges B against A, and rolls back when it fails")
        command = ["gate", "run", "--service", "shop", "--env", "prod", "--version", "B",
                   "--baseline", "A", "--policy", "demo", "--on-fail", "rollback"]
        self.out.detail("$ sluice " + " ".join(command))
        done = self.sluice(*command, timeout=170)
        self.out.detail(done.stderr)
        self.out.detail(done.stdout)
        if done.returncode != 9:
            raise Failed(f"the gate exited {done.returncode}, expected 9 (failed, rolled back): "
                         f"{done.stderr}")
        self.check_evidence()

    def check_evidence(self):
        gate = self.get("/api/v1/gates?service=shop")["gates"][0]
        checks = {check["name"]: check for check in gate["checks"]}
        if gate["verdict"] != "fail" or gate["rollback"]["state"] != "rolled_back":
            raise Failed(f"verdict {gate['verdict']}, rollback {gate['rollback']}")
        patterns = [p for p in checks["new_patterns"]["patterns"] if p["status"] == "new"]
        if not patterns or not patterns[0]["samples"]:
            raise Failed(f"no new error pattern in the evidence: {checks['new_patterns']}")

    def back_to_a(self):
        self.out.step("Version A runs again, seen in the data and not only in the hook's exit code")
        if self.text("shop/version").strip() != "A":
            raise Failed("the shop's version file does not say A")
        newest = {v: self.raw('{service_name="shop"} | json | version="%s"' % v).split("\n")[0]
                  for v in "AB"}
        if json.loads(newest["A"])["ts"] <= json.loads(newest["B"])["ts"]:
            raise Failed(f"no line of A is newer than the last of B: {newest}")
        self.out.detail(newest["A"])
        self.out.step(
            "The gate exited 9: failed and rolled back. The release was stopped by its own logs")

    def run(self):
        self.begin()
        self.find_by_trace()
        self.see_metrics()
        self.traffic_of_a()
        self.release_b()
        self.alert()
        self.verdict()
        self.back_to_a()


def logs_of(story):
    for name in sorted(os.listdir(story.dir)):
        if name.endswith(".log"):
            sys.stderr.write(f"--- {name} (end)\n{story.text(name)[-3000:]}\n")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, help="folder of the binaries")
    parser.add_argument("--rate", type=int, default=80,
                        help="requests per second of the shop (default 80)")
    parser.add_argument("--keep", action="store_true",
                        help="keep the data directory and say where it is")
    args = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="sluice-demo-")
    terminal = Terminal()
    story = Story(args.bin, directory, args.rate, terminal)
    code = 0
    try:
        story.run()
    except (Exception, KeyboardInterrupt) as problem:  # whatever it was, no process may stay behind
        said = problem if isinstance(problem, Failed) else repr(problem)
        sys.stderr.write(f"\nThe story ended early: {said}\n")
        logs_of(story)
        code = 1
    try:
        story.stop()
    except Failed as problem:
        sys.stderr.write(f"{problem}\n")
        code = 1
    if args.keep:
        print(f"data: {directory}")
    else:
        shutil.rmtree(directory, ignore_errors=True)
    terminal.detail(f"\ntook {time.monotonic() - terminal.began:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())
