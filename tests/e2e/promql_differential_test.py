#!/usr/bin/env python3
"""Random PromQL over random data, asked of the daemon and of Debian's Prometheus beside it.

SLUICE_SEED=N repeats a run, SLUICE_EXPRESSIONS=N makes it longer.
"""

import os
import random
import time

import harness
import prometheus_peer as peer
import promql_random

EXPRESSIONS = int(os.environ.get("SLUICE_EXPRESSIONS", "400"))


@harness.unittest.skipUnless(peer.found(), "needs the package prometheus")
class DifferentialTest(harness.Case):
    def test_both_answer_alike(self):
        seed = int(os.environ.get("SLUICE_SEED", random.SystemRandom().randrange(1 << 32)))
        print(f"seed {seed}", flush=True)
        rng = random.Random(seed)
        daemon = self.daemon()
        prometheus = peer.Prometheus(self)
        # Whole hours ago, so that steps and subqueries fall alike in every run.
        begin = int(time.time()) // 3600 * 3600 - 2 * 3600
        series = promql_random.make_series(rng, begin)
        for client in (daemon.client, prometheus.client):
            peer.write(client, series)
        expressions = promql_random.Expressions(rng)
        answered = 0
        for _ in range(EXPRESSIONS):
            expression = expressions.vector()
            answered += self.compare(daemon.client, prometheus.client, expression, begin)
        print(f"{answered} of {EXPRESSIONS} expressions have an answer with series", flush=True)
        self.assertGreater(answered, EXPRESSIONS // 4, "expressions that say nothing prove nothing")

    def compare(self, ours, theirs, expression, begin):
        """Whether there was anything to compare."""
        at = begin + 30 * 60 + 30  # half a minute past the steps of subqueries
        asked = [(peer.instant, (expression, at)),
                 (peer.over_range, (expression, begin + 330, begin + 3030, 180))]
        some = False
        for how, arguments in asked:
            mine, other = how(ours, *arguments), how(theirs, *arguments)
            self.assertEqual(peer.differs(mine, other), "", f"{how.__name__} {arguments}")
            some = some or bool(peer.series_of(other))
        return some


if __name__ == "__main__":
    harness.main()
