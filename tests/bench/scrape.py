"""./dev bench scrape [--targets N] [--series N] [--rounds N]: what steady scraping costs.

The targets have addresses of their own and serve the same text as a node_exporter would, its values
new in each round. Every figure is of this run: CPU time and memory come from the kernel.
"""
import argparse
import http.server
import os
import random
import sys
import tempfile
import threading
import time

from metrics import line, rss_kb
from server import Server

WARM_ROUNDS = 2
SAMPLES = "sluice_storage_samples_total"


def texts(count, rounds, seed):
    """The text of each round: families of ten series, half counters, half gauges."""
    rng = random.Random(seed)
    values = [float(rng.randrange(1 << 20)) for _ in range(count)]
    bodies = []
    for _ in range(rounds):
        lines = []
        for i in range(count):
            family, device = divmod(i, 10)
            kind = family % 10
            if kind < 4:
                values[i] += rng.randrange(2000)
            elif kind < 6:
                values[i] = round(values[i] + rng.randrange(30) / 100, 2)
            elif kind < 8:
                values[i] = max(0.0, values[i] + 4096 * rng.randrange(-40, 41))
            name = f"node_family_{family}_{'total' if kind < 6 else 'bytes'}"
            if device == 0:
                lines.append(f"# HELP {name} What it counts.\n# TYPE {name} "
                             f"{'counter' if kind < 6 else 'gauge'}\n")
            lines.append(f'{name}{{device="dev{device}",mode="idle"}} {values[i]:.12g}\n')
        bodies.append("".join(lines).encode())
    return bodies


class Targets(http.server.ThreadingHTTPServer):
    """All of them: told apart by the address that was asked, each in its own round."""

    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request, client_address):
        """The daemon goes away at the end, in the middle of its connections."""

    def __init__(self, bodies):
        super().__init__(("0.0.0.0", 0), Exposition)
        self.bodies = bodies
        self.rounds = {}


class Exposition(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # pylint: disable=invalid-name
        address = self.connection.getsockname()[0]
        turn = self.server.rounds.get(address, 0)
        self.server.rounds[address] = turn + 1
        body = self.server.bodies[turn % len(self.server.bodies)]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):  # pylint: disable=arguments-differ
        pass


def config_of(options, port):
    targets = ", ".join(f'"127.0.{i // 250 + 1}.{i % 250 + 1}:{port}"'
                        for i in range(options.targets))
    return (f"global:\n  scrape_interval: {options.interval}s\n"
            f"  scrape_timeout: {options.interval}s\n"
            "scrape_configs:\n  - job_name: node\n    static_configs:\n"
            f"      - targets: [{targets}]\n")


def measure(server, options):
    idle = rss_kb(server.process.pid)
    time.sleep(WARM_ROUNDS * options.interval)
    samples, cpu = server.metrics().get(SAMPLES, 0), server.cpu_seconds()
    time.sleep((options.rounds - WARM_ROUNDS) * options.interval)
    samples = server.metrics().get(SAMPLES, 0) - samples
    cpu = server.cpu_seconds() - cpu
    held = rss_kb(server.process.pid) - idle
    wanted = options.targets * options.series * (options.rounds - WARM_ROUNDS)
    if samples < wanted * 0.95:
        print(f"  !! {samples:,.0f} samples of {wanted:,}: targets or daemon did not keep up")
    line("samples stored", f"{samples:,.0f}")
    line("samples per CPU-second", f"{samples / cpu:,.0f}", "at least 500,000")
    line("CPU per sample", f"{cpu / samples * 1e6:.2f} us")
    line("share of a core", f"{cpu / ((options.rounds - WARM_ROUNDS) * options.interval):.1%}")
    line("memory per active series", f"{held * 1024 / (options.targets * options.series):,.0f} B",
         "at most 2,560")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--targets", type=int, default=100)
    parser.add_argument("--series", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--interval", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.rounds <= WARM_ROUNDS:
        sys.exit(f"more than {WARM_ROUNDS} rounds, please")
    print(f"{options.targets} targets of {options.series:,} series, every {options.interval} s, "
          f"{options.rounds} rounds, seed {options.seed}: sluiced")
    targets = Targets(texts(options.series, options.rounds, options.seed))
    threading.Thread(target=targets.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "sluiced.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(config_of(options, targets.server_address[1]))
        server = Server(options.bin, directory, ["--config.file", path]).start()
        try:
            measure(server, options)
        finally:
            server.stop()
    targets.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
