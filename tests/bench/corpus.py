"""A deterministic corpus of log files: half JSON service logs, half plain system logs.

Values are reused with skew (a few users and paths make most of the traffic), numbers vary, ids are
fresh, timestamps advance with bursts: neither random bytes nor repeats of the same lines.
"""
import json
import os
import random
from datetime import datetime, timedelta, timezone

SERVICES = ["shop", "cart", "payment", "search", "mail", "login"]
HOSTS = [f"node-{i:02d}" for i in range(12)]
PATHS = [f"/api/v1/{noun}/{verb}" for noun in ("items", "carts", "users", "orders", "search")
         for verb in ("list", "get", "put", "delete")]


def skewed(rng, items):
    """Mostly the first few: index = n * u^3."""
    return items[int(len(items) * rng.random() ** 3)]


def json_line(rng, service, when, users):
    status = 200 if rng.random() < 0.95 else rng.choice([201, 304, 400, 404, 500, 503])
    level = "error" if status >= 500 else "warn" if status >= 400 else "info"
    return json.dumps({
        "ts": when.isoformat(timespec="microseconds"), "level": level, "service": service,
        "trace_id": f"{rng.getrandbits(128):032x}", "method": skewed(rng, ["GET", "POST", "PUT"]),
        "path": skewed(rng, PATHS), "status": status,
        "latency_ms": round(rng.lognormvariate(3, 0.8), 2), "user": skewed(rng, users),
        "bytes": int(rng.expovariate(1 / 4000)), "msg": "request done" if status < 500 else
        f"upstream {skewed(rng, HOSTS)} failed after {rng.randint(1, 5)} tries"},
        separators=(",", ":"))


def text_line(rng, host, when):
    stamp = when.strftime("%b %d %H:%M:%S")
    kind = rng.random()
    if kind < 0.5:
        return (f"{stamp} {host} sshd[{rng.randint(1000, 30000)}]: Accepted publickey for "
                f"{skewed(rng, ['deploy', 'root', 'backup'])} from 10.0.{rng.randint(0, 3)}."
                f"{rng.randint(1, 254)} port {rng.randint(1024, 65535)} ssh2")
    if kind < 0.8:
        return (f"{stamp} {host} kernel: [{rng.random() * 1e6:.6f}] TCP: request_sock_TCP: "
                f"Possible SYN flooding on port {skewed(rng, [443, 80, 8080])}. Sending cookies.")
    return (f"{stamp} {host} systemd[1]: Started session-{rng.randint(1, 99999)}.scope - "
            f"Session {rng.randint(1, 99999)} of user {skewed(rng, ['root', 'deploy'])}.")


def write(directory, megabytes, seed=1):
    """Writes the files and returns [(labels, path)]; about `megabytes` MB in total."""
    rng = random.Random(seed)
    users = [f"u{rng.randint(10000, 99999)}" for _ in range(5000)]
    names = [("json", s) for s in SERVICES] + [("text", h) for h in HOSTS]
    budget = {"json": megabytes * 500_000 // len(SERVICES),
              "text": megabytes * 500_000 // len(HOSTS)}
    out = []
    for kind, name in names:
        path = os.path.join(directory, f"{name}.log")
        when = datetime(2026, 1, 5, tzinfo=timezone.utc)
        written = 0
        with open(path, "w", encoding="utf-8") as f:
            while written < budget[kind]:
                when += timedelta(microseconds=int(rng.expovariate(1 / 40_000)))
                line = (json_line(rng, name, when, users) if kind == "json"
                        else text_line(rng, name, when))
                f.write(line + "\n")
                written += len(line) + 1
        label = "service" if kind == "json" else "host"
        out.append((f'{{kind="{kind}", {label}="{name}"}}', path))
    return out
