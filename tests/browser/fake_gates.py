"""Deployments and gates of the fake daemon: one gate in each verdict (docs/format/gate.md)."""

import time


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


NOW = time.time()

DEPLOYMENTS = [
    {
        "id": "d-2",
        "service": "shop",
        "env": "prod",
        "version": "B",
        "status": "rolled_back",
        "started_at": iso(NOW - 300),
        "finished_at": iso(NOW - 290),
        "commit": "8f2c1d0a77",
    },
    {
        "id": "d-1",
        "service": "shop",
        "env": "prod",
        "version": "A",
        "status": "succeeded",
        "started_at": iso(NOW - 7200),
        "finished_at": iso(NOW - 7190),
        "commit": "51aa90be03",
    },
]

SAMPLE = (
    '{"ts":"2026-01-02T03:04:05Z","level":"error","version":"B","msg":"payment provider '
    'refused charge 501223: signature mismatch, key 7 signed but key 9 expected"}'
)


def checks(verdict):
    return [
        {
            "name": "error_rate",
            "type": "error_rate",
            "verdict": verdict,
            "value": 0.0508,
            "threshold": 0.0125,
            "reason": "5.1% of 1180 against 0.2% of 4020, e-value 3.1e+09 >= 100",
            "samples": {"candidate": 1180, "baseline": 4020},
            "queries": ['sum(count_over_time({service="shop"} | json | version="B" [90s]))'],
            "evidence": {
                "candidate_errors": 60,
                "baseline_errors": 8,
                "ratio": 25.5,
                "e_value": 3.1e9,
            },
            "patterns": [],
        },
        {
            "name": "new_patterns",
            "type": "new_patterns",
            "verdict": verdict,
            "value": 1,
            "threshold": 0,
            "reason": "1 new error pattern, 57 lines, 4.8%",
            "samples": {"candidate": 60, "baseline": 31},
            "queries": ['{service="shop"} | json | version="B" | level="error"'],
            "evidence": {"templates": 2, "known": 1, "new": 1},
            "patterns": [
                {
                    "template": "payment provider refused charge <int>: signature mismatch, "
                    "key <int> signed but key <int> expected",
                    "id": "9f86d081884c7d65",
                    "count": 57,
                    "share": 0.048,
                    "status": "new",
                    "samples": [SAMPLE],
                }
            ],
        },
    ]


def gate(number, verdict, reason, age, **more):
    start = NOW - age
    done = verdict is not None
    return {
        "id": f"g-{number:016x}",
        "key": f"shop/prod/B/{number}",
        "service": "shop",
        "env": "prod",
        "version": "B",
        "baseline": "A",
        "policy": "default",
        "state": "done" if done else "running",
        "phase": "done" if done else "evaluating",
        "verdict": verdict,
        "reason": reason,
        "created_at": iso(start),
        "started_at": iso(start),
        "evaluated_at": iso(start + 90),
        "decided_at": iso(start + 90) if done else None,
        "finished_at": iso(start + 135) if done else None,
        "window_seconds": 600,
        "interval_seconds": 15,
        "timeout_seconds": 900,
        "evaluations": 6,
        "on_fail": "rollback",
        "on_inconclusive": "hold",
        "checks": checks(verdict),
        "rollback": {"state": "none"},
        "evidence": {"watermark": iso(start + 89), "blind_for_seconds": 0, "control": "concurrent"},
        **more,
    }


def gates(_now):
    start = NOW - 280
    rolled_back = {
        "state": "rolled_back",
        "hook": "rollback-shop",
        "attempts": 1,
        "output": "rolled back from version B to version A\n",
        "detail": "baseline A seen 41s after the hook, candidate silent for 30s",
        "requested_at": iso(start + 90),
        "hook_done_at": iso(start + 94),
        "finished_at": iso(start + 135),
    }
    return [
        gate(
            6,
            "fail",
            "error_rate: 5.1% of 1180 against 0.2% of 4020, e-value 3.1e+09 >= 100",
            280,
            rollback=rolled_back,
        ),
        gate(5, None, "", 200, version="C"),
        gate(4, "pass", "all 2 checks passed on 9120 lines", 8000, version="A"),
        gate(3, "inconclusive", "error_rate: 12 lines, 200 are needed", 9000),
        gate(2, "no_data", "no line of version B in 15m", 10000, checks=[]),
        gate(1, "error", "error_rate: the query failed: memory budget of 256 MiB used up", 90000),
    ]
