#!/usr/bin/env python3
"""What an operator does: delete logs, back up, restore, check, look at the space."""

import os
import subprocess
import time
import urllib.parse

import harness

SECOND = 1_000_000_000


class OperationsTest(harness.Case):
    def configured(self, text, name="daemon"):
        config = self.path(name + ".yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(text)
        return self.daemon("--config.file", config, name=name)

    def delete(self, daemon, query, **parameters):
        parameters = {"query": query, "start": int(time.time()) - 3600, **parameters}
        return daemon.client.post("/loki/api/v1/delete?" + urllib.parse.urlencode(parameters), b"")

    def requests(self, daemon):
        return daemon.client.get("/loki/api/v1/delete").json

    def sluiced(self, *arguments):
        return subprocess.run([harness.program("sluiced"), *arguments], capture_output=True,
                              text=True, timeout=60, check=False)

    def test_deleted_lines_are_gone_at_once_and_stay_gone(self):
        daemon = self.configured("storage: {delete_cancel_period: 0s}\n")
        start = time.time_ns() - SECOND
        daemon.push({"app": "pay"}, ["a secret", "plain"], start)
        daemon.push({"app": "web"}, ["a secret"], start)
        answer = self.delete(daemon, '{app="pay"} |= "secret"')
        self.assertEqual(answer.status, 204, answer.text)
        self.assertEqual(daemon.lines('{app="pay"}'), ["plain"])
        self.assertEqual(daemon.lines('{app="web"}'), ["a secret"])
        harness.wait_for("the request to be processed",
                         lambda: self.requests(daemon)[0]["status"] == "processed")
        self.assertEqual(daemon.metric("sluice_storage_deleted_rows_total"), 1)
        daemon.kill()
        daemon.start()
        self.assertEqual(daemon.lines('{app="pay"}'), ["plain"])
        self.assertEqual(self.requests(daemon)[0]["status"], "processed")

    def test_a_deletion_is_cancelled(self):
        daemon = self.daemon()
        daemon.push({"app": "pay"}, ["back again"], time.time_ns() - SECOND)
        self.assertEqual(self.delete(daemon, '{app="pay"}').status, 204)
        self.assertEqual(daemon.lines('{app="pay"}'), [])
        request = self.requests(daemon)[0]
        self.assertEqual(request["status"], "received")
        path = "/loki/api/v1/delete?request_id=" + request["request_id"]
        self.assertEqual(daemon.client.request("DELETE", path).status, 204)
        self.assertEqual(daemon.client.request("DELETE", path).status, 404)
        self.assertEqual(daemon.lines('{app="pay"}'), ["back again"])
        self.assertEqual(self.requests(daemon), [])

    def test_wrong_deletions_say_what_is_wrong(self):
        daemon = self.daemon()
        for query, parameters, word in (
                ('{app="pay"} | json', {}, "line filters"), ("nonsense", {}, "selector"),
                ('{app="pay"}', {"end": int(time.time()) + 1000}, "future")):
            with self.subTest(query):
                answer = self.delete(daemon, query, **parameters)
                self.assertEqual(answer.status, 400)
                self.assertIn(word, answer.text)

    def test_backup_check_and_restore(self):
        backups = self.path("backups")
        daemon = self.configured(f"storage: {{backup_path: {backups}}}\n")
        daemon.push({"app": "pay"}, ["kept"])
        made = daemon.client.post("/api/v1/admin/backup", b"")
        self.assertEqual(made.status, 200, made.text)
        daemon.push({"app": "pay"}, ["after the backup"])
        found = daemon.client.post("/api/v1/admin/check", b"").json
        self.assertTrue(found["sound"], found)
        self.assertGreater(found["values"], 1)
        in_use = self.sluiced("check", "--storage.path", daemon.storage)
        self.assertEqual(in_use.returncode, 1)
        self.assertIn("in use", in_use.stderr)

        target = self.path("restored", "store")
        done = self.sluiced("restore", made.json["path"], "--storage.path", target)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("0 damaged", done.stdout)
        restored = self.daemon(name="restored")
        self.assertEqual(restored.lines('{app="pay"}'), ["kept"])

    def test_a_store_at_rest_is_checked_and_backed_up(self):
        daemon = self.daemon()
        daemon.push({"app": "pay"}, ["line"])
        daemon.stop()
        done = self.sluiced("check", "--storage.path", daemon.storage)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("1 unsealed entries", done.stdout)
        copy = self.path("copy")
        made = self.sluiced("backup", copy, "--storage.path", daemon.storage)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        self.assertEqual(self.sluiced("check", "--storage.path", copy).returncode, 0)
        for name in os.listdir(copy):
            if name.endswith((".sst", ".log", ".blob")):
                self.flip(os.path.join(copy, name))
        damaged = self.sluiced("check", "--storage.path", copy)
        self.assertEqual(damaged.returncode, 1, damaged.stdout + damaged.stderr)
        self.assertEqual(self.sluiced("check", "--storage.path", self.path("none")).returncode, 1)

    def flip(self, path):
        with open(path, "r+b") as file:
            content = bytearray(file.read())
            for i in range(0, len(content), 16):
                content[i] ^= 4
            file.seek(0)
            file.write(content)

    def test_space_is_reported_by_tenant_and_day(self):
        daemon = self.configured("storage: {seal_age: 1s}\n")
        daemon.push({"app": "pay"}, ["line one", "line two"])
        daemon.push({"app": "pay"}, ["other"], headers={"X-Scope-OrgID": "shop"})
        report = harness.wait_for("both to be sealed", lambda: self.space(daemon, 2))
        rows = {day["tenant"]: (day["rows"], day["raw_bytes"]) for day in report["days"]}
        self.assertEqual(rows, {"default": (2, 16), "shop": (1, 5)})
        self.assertEqual(report["total"]["rows"], 3)
        self.assertEqual(daemon.metric("sluice_storage_tenant_rows"), 3)
        self.assertEqual(daemon.metric("sluice_storage_tenant_stored_bytes"),
                         report["total"]["stored_bytes"])

    def space(self, daemon, days):
        report = daemon.client.get("/api/v1/admin/storage").json
        return report if len(report["days"]) == days else None


if __name__ == "__main__":
    harness.main()
