#!/usr/bin/env python3
"""What was acknowledged is there: after a query, a kill -9, a clean stop."""

import gzip

import harness
from loki import push_body


class PushTest(harness.Case):
    def test_lines_survive_kill_and_stop(self):
        daemon = self.daemon()
        written = [f"line {i}" for i in range(500)]
        daemon.push({"app": "pay", "env": "prod"}, written[:250])
        self.assertEqual(daemon.lines('{app="pay"}'), written[:250])
        daemon.kill()
        daemon.start()
        self.assertEqual(daemon.lines('{app="pay"}'), written[:250])
        daemon.push({"app": "pay", "env": "prod"}, written[250:])
        daemon.stop()
        daemon.start()
        self.assertEqual(daemon.lines('{app="pay"}'), written)
        self.assertEqual(daemon.lines('{app="pay"} |= "line 49"'),
                         ["line 49"] + [f"line {i}" for i in range(490, 500)])

    def test_flushed_and_unflushed_lines_read_alike(self):
        daemon = self.daemon()
        daemon.push({"app": "a"}, ["sealed"])
        self.assertIn(daemon.client.post("/flush", b"").status, (200, 204))
        daemon.push({"app": "a"}, ["head"])
        self.assertEqual(daemon.lines('{app="a"}'), ["sealed", "head"])
        daemon.kill()
        daemon.start()
        self.assertEqual(daemon.lines('{app="a"}'), ["sealed", "head"])

    def test_any_bytes_that_json_can_carry_come_back(self):
        daemon = self.daemon()
        odd = ["", " ", "tab\tquote\"back\\slash", "nul\u0000nul", "ünïcode 日本 \U0001f600",
               "x" * 100_000]
        daemon.push({"app": "odd"}, odd)
        self.assertEqual(daemon.lines('{app="odd"}'), odd)

    def test_gzip_bodies(self):
        daemon = self.daemon()
        body = gzip.compress(push_body({"app": "zip"}, ["packed"]))
        answer = daemon.client.post("/loki/api/v1/push", body, {
            "Content-Type": "application/json", "Content-Encoding": "gzip"})
        self.assertEqual(answer.status, 204, answer.text)
        self.assertEqual(daemon.lines('{app="zip"}'), ["packed"])

    def test_tenants_do_not_see_each_other(self):
        daemon = self.daemon()
        daemon.push({"app": "x"}, ["of one"], headers={"X-Scope-OrgID": "one"})
        self.assertEqual(daemon.lines('{app="x"}'), [])

    def test_rates_count_what_was_pushed(self):
        daemon = self.daemon()
        daemon.push({"app": "n"}, [f'{{"level":"error","n":{i}}}' for i in range(30)])
        found = daemon.instant('sum by (level) (count_over_time({app="n"} | json [5m]))')
        self.assertEqual(found, {(("level", "error"),): 30.0})


if __name__ == "__main__":
    harness.main()
