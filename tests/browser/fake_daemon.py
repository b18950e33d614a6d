"""A daemon just real enough for the pages: fixed data under the daemon's own addresses.

The UI test runs against it in seconds and sees states that a real daemon shows rarely: a gate in
each verdict, a rule that cannot see, a query that does not parse. `python3 fake_daemon.py` serves
it on a port of its own, for working on the pages (SLUICE_ADDR=... npm run dev).
"""

import base64
import hashlib
import json
import math
import pathlib
import random
import re
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from fake_gates import DEPLOYMENTS, gates
from fake_alerts import ALERTS, rule_groups

DIST = pathlib.Path(__file__).resolve().parents[2] / "dashboards" / "dist"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
SECURITY = {"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff"}
LABELS = {"service": ["shop", "nginx"], "host": ["web-1", "web-2"], "env": ["prod"]}
LINES_PER_SECOND = 2
PREFIX = "/behind/proxy"  # a reverse proxy's, stripped


def line_at(ns):
    """The line of an instant: the same at each call, so that paging can be checked."""
    r = random.Random(ns)
    if r.random() < 0.12:
        return {"service": "nginx", "host": "web-2", "env": "prod"}, (
            f'10.0.0.{r.randrange(255)} - - "GET /static/app-{r.randrange(9)}.js HTTP/1.1" '
            f"200 {r.randrange(90000)}"
        )
    level = r.choices(
        ["info", "debug", "warn", "error"], [80, 9, 8, 3 + 20 * (ns // 10**9 % 1200 < 120)]
    )[0]
    words = {
        "info": "order placed with 3 items",
        "debug": "cart loaded from cache",
        "warn": "slow request: checkout took 912 ms",
        "error": f"payment provider refused charge {r.randrange(10**6)}: signature mismatch",
    }
    body = {
        "ts": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ns / 1e9)),
        "level": level,
        "version": "B",
        "trace_id": f"{r.getrandbits(128):032x}",
        "method": "POST",
        "path": "/checkout",
        "status": 200,
        "latency_ms": round(math.exp(r.gauss(3, 1)), 2),
        "user": f"u{int(1 / (r.random() + 0.001))}",
        "msg": words[level],
    }
    return {"service": "shop", "host": f"web-{r.randrange(2) + 1}", "env": "prod"}, json.dumps(body)


def matches(query, labels, line):
    for name, op, value in re.findall(r'(\w+)(=~|!=|=)"((?:\\.|[^"])*)"', query):
        have = labels.get(name)
        if have is None:
            found = re.search(rf'"{name}": ?"?([^",}}]*)', line)
            have = found.group(1) if found else ""
        if (op == "=") != (have == value) and op != "=~":
            return False
    return all(text in line for text in re.findall(r'\|= "([^"]*)"', query))


def instants(start, end):
    step = 10**9 // LINES_PER_SECOND
    return range(-(-start // step) * step, end, step)


def streams(query, start, end, limit):
    out = {}
    taken = 0
    for ns in reversed(instants(start, end)):
        labels, line = line_at(ns)
        if not matches(query, labels, line):
            continue
        out.setdefault(json.dumps(labels), (labels, []))[1].append([str(ns), line])
        taken += 1
        if taken >= limit:
            break
    return [{"stream": labels, "values": values} for labels, values in out.values()]


def counts(query, start, end, step):
    """sum by (level): with `| json` in the query levels are known, without it they are not."""
    series = {}
    inner = re.search(r"count_over_time\((.*) \[", query).group(1)
    for ns in instants(start - step, end):
        labels, line = line_at(ns)
        if not matches(inner.replace('| __error__=""', ""), labels, line):
            continue
        level = re.search(r'"level": "(\w+)"', line)
        if "| json" in inner and not level:
            continue
        name = level.group(1) if "| json" in inner else ""
        at = start + -(-(ns - start) // step) * step
        bucket = series.setdefault(name, {})
        bucket[at] = bucket.get(at, 0) + 1
    return [
        {
            "metric": {"level": name} if name else {},
            "values": [[at / 1e9, str(n)] for at, n in sorted(b.items())],
        }
        for name, b in series.items()
    ]


def waves(start, end, step):
    n = int((end - start) / step) + 1
    return [
        {
            "metric": {"__name__": "node_load1", "instance": f"web-{i}"},
            "values": [
                [
                    start + k * step,
                    str(round(1 + i / 2 + math.sin((start + k * step) / 300 + i) / 2, 3)),
                ]
                for k in range(n)
            ],
        }
        for i in range(3)
    ]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):  # noqa: N802, the base class's name
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        path = unquote(url.path).removeprefix(PREFIX)
        for pattern, answer in ROUTES:
            found = re.fullmatch(pattern, path)
            if found:
                answer(self, query, *found.groups())
                return
        self.asset(path)

    def json(self, value, status=200):
        self.send(status, "application/json", json.dumps(value).encode())

    def send(self, status, kind, body):
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **SECURITY,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def asset(self, path):
        file = DIST / path.lstrip("/")
        if not file.is_file():
            file = DIST / "index.html"
        self.send(200, TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes())

    def logs(self, query):
        text = query["query"]
        if "(((" in text:
            self.send(
                400,
                "text/plain",
                b"parse error at line 1, col 3: unexpected (, expected a selector",
            )
            return
        start, end = int(query["start"]), int(query["end"])
        if text.startswith("sum"):
            result = counts(text, start, end, int(float(query["step"]) * 1e9))
            self.json({"status": "success", "data": {"resultType": "matrix", "result": result}})
            return
        result = streams(text, start, end, int(query["limit"]))
        self.json({"status": "success", "data": {"resultType": "streams", "result": result}})

    def metrics(self, query):
        result = waves(float(query["start"]), float(query["end"]), float(query["step"]))
        self.json({"status": "success", "data": {"resultType": "matrix", "result": result}})

    def tail(self, query):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header(
            "Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        )
        self.end_headers()
        self.close_connection = True
        for n in range(10**6):
            ns = time.time_ns()
            message = {
                "streams": [
                    {
                        "stream": {"service": "shop", "host": "web-1", "env": "prod"},
                        "values": [
                            [
                                str(ns),
                                json.dumps(
                                    {
                                        "level": "info",
                                        "msg": f"live line {n}",
                                        "trace_id": f"{n:032x}",
                                    }
                                ),
                            ]
                        ],
                    }
                ]
            }
            try:
                self.wfile.write(frame(json.dumps(message).encode()))
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)


def frame(payload):
    """One unmasked text frame."""
    if len(payload) < 126:
        return struct.pack("!BB", 0x81, len(payload)) + payload
    return struct.pack("!BBH", 0x81, 126, len(payload)) + payload


ROUTES = [
    (r"/loki/api/v1/query_range", Handler.logs),
    (r"/loki/api/v1/labels", lambda h, _q: h.json({"status": "success", "data": sorted(LABELS)})),
    (
        r"/loki/api/v1/label/(\w+)/values",
        lambda h, _q, name: h.json({"status": "success", "data": LABELS[name]}),
    ),
    (r"/loki/api/v1/tail", Handler.tail),
    (r"/api/v1/query_range", Handler.metrics),
    (
        r"/api/v1/rules",
        lambda h, _q: h.json({"status": "success", "data": {"groups": rule_groups(time.time())}}),
    ),
    (r"/api/v1/alerts", lambda h, _q: h.json({"status": "success", "data": {"alerts": ALERTS}})),
    (r"/api/v1/gates", lambda h, _q: h.json({"gates": gates(time.time())})),
    (r"/api/v1/deployments", lambda h, _q: h.json({"deployments": DEPLOYMENTS})),
]


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A page that was left hangs up in mid-answer; anything else is worth a trace."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class FakeDaemon:
    """Serves until the with-block ends; `url` says where."""

    def __enter__(self):
        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


if __name__ == "__main__":
    with FakeDaemon() as daemon:
        print(daemon.url, flush=True)
        threading.Event().wait()
