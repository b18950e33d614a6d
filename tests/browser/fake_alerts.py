"""Rules and alerts of the fake daemon, in the shapes of Prometheus' API."""

import time


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


NOW = time.time()

ALERTS = [
    {
        "labels": {"alertname": "ShopErrors", "service": "shop", "severity": "page"},
        "state": "firing",
        "annotations": {
            "summary": "5.1 % of the shop's requests fail",
            "runbook_url": "https://example.org/runbook",
        },
        "activeAt": iso(NOW - 260),
        "value": "5.1e-02",
    },
    {
        "labels": {"alertname": "DiskFillsUp", "host": "web-2", "device": "/dev/sda1"},
        "state": "pending",
        "annotations": {"summary": "/dev/sda1 on web-2 is full in 3 hours"},
        "activeAt": iso(NOW - 40),
        "value": "0.91",
    },
]


def rule(name, query, state, health="ok", **more):
    return {
        "name": name,
        "query": query,
        "type": "alerting",
        "state": state,
        "health": health,
        "lastEvaluation": iso(time.time() - 7),
        "duration": 60,
        "labels": {},
        "annotations": {},
        "alerts": [],
        **more,
    }


def rule_groups(_now):
    return [
        {
            "name": "host",
            "file": "rules/host.yaml",
            "interval": 15,
            "rules": [
                rule(
                    "DiskFillsUp",
                    "predict_linear(node_filesystem_avail_bytes[1h], 3 * 3600) < 0",
                    "pending",
                ),
                rule("LoadHigh", "node_load5 > 8", "inactive"),
                {
                    "name": "instance:cpu_busy:rate5m",
                    "type": "recording",
                    "health": "ok",
                    "lastEvaluation": iso(time.time() - 7),
                    "query": "1 - avg by (instance) "
                    '(rate(node_cpu_seconds_total{mode="idle"}[5m]))',
                },
            ],
        },
        {
            "name": "shop",
            "file": "rules/shop.yaml",
            "interval": 15,
            "rules": [
                rule(
                    "ShopErrors",
                    'sum(rate({service="shop"} | json | level="error" [1m])) / '
                    'sum(rate({service="shop"}[1m])) > 0.02',
                    "firing",
                ),
                rule(
                    "ShopSilent",
                    'absent_over_time({service="shop"}[2m])',
                    "inactive",
                    "stale",
                    lastError="no data newer than 4m: agent web-3 has not reported since 12:01",
                ),
            ],
        },
    ]
