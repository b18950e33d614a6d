#!/usr/bin/env python3
"""A full disk: pushes are told 503 and when to retry, queries go on, space brings it back."""

import os
import secrets
import subprocess
import unittest

import harness

MEGABYTE = 1 << 20


class SmallDisk:
    """A tmpfs of its own, with a file that takes the space. Needs root."""

    def __init__(self, folder, megabytes):
        self.folder = folder
        self.ballast = os.path.join(folder, "ballast")
        os.makedirs(folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "sluice-test", folder],
                       check=True)

    def fill(self, leave_bytes):
        free = os.statvfs(self.folder)
        size = free.f_bavail * free.f_frsize - leave_bytes
        with open(self.ballast, "ab") as file:
            while size > 0:
                size -= file.write(b"\0" * min(size, MEGABYTE))

    def free(self):
        os.remove(self.ballast)

    def unmount(self):
        subprocess.run(["umount", "-l", self.folder], check=True)


def can_mount():
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@unittest.skipUnless(can_mount(), "needs root to mount a small disk")
class FullDiskTest(harness.Case):
    def test_pushes_wait_queries_go_on_and_nothing_acknowledged_is_lost(self):
        disk = SmallDisk(self.path("disk"), 256)
        self.addCleanup(disk.unmount)
        config = self.path("sluiced.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("storage:\n  min_free_bytes: 8MiB\n")
        daemon = self.track(harness.Daemon(self.path("daemon"), "--config.file", config))
        daemon.storage = os.path.join(disk.folder, "store")
        daemon.start()
        written = [f"before {i}" for i in range(50)]
        daemon.push({"app": "d"}, written)

        disk.fill(leave_bytes=2 * MEGABYTE)
        refused = harness.wait_for("a push to be refused", lambda: self.refused(daemon, written))
        self.assertIn("Retry-After".lower(), refused.headers)
        self.assertGreater(len(refused.text.strip()), 10)
        self.assertEqual(daemon.lines('{app="d"}'), written)

        disk.free()
        harness.wait_for("pushes to work again", lambda: self.accepted(daemon, written))
        self.assertEqual(daemon.lines('{app="d"}'), written)
        daemon.kill()
        daemon.start()
        self.assertEqual(daemon.lines('{app="d"}'), written)

    def test_a_disk_full_to_the_last_byte_is_survived(self):
        disk = SmallDisk(self.path("disk"), 192)
        self.addCleanup(disk.unmount)
        config = self.path("sluiced.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("storage:\n  min_free_bytes: 0\n")
        daemon = self.track(harness.Daemon(self.path("daemon"), "--config.file", config))
        daemon.storage = os.path.join(disk.folder, "store")
        daemon.start()
        written = ["first"]
        daemon.push({"app": "d"}, written)
        disk.fill(leave_bytes=0)
        # Within what RocksDB's log has preallocated a few pushes may still fit.
        harness.wait_for("a push to be refused",
                         lambda: self.refused(daemon, written, size=200_000))
        self.assertEqual(sorted(daemon.lines('{app="d"}')), sorted(written))
        disk.free()
        harness.wait_for("pushes to work again", lambda: self.accepted(daemon, written), 60)
        daemon.kill()
        daemon.start()
        self.assertEqual(sorted(daemon.lines('{app="d"}')), sorted(written))

    def attempt(self, daemon, written, size):
        line = f"line {len(written)} " + secrets.token_hex(size // 2)
        answer = daemon.try_push({"app": "d"}, [line])
        if answer.status == 204:
            written.append(line)
        return answer

    def refused(self, daemon, written, size=0):
        """The answer if it was 503; what was acknowledged instead joins `written`."""
        answer = self.attempt(daemon, written, size)
        self.assertIn(answer.status, (204, 503), answer.text)
        return answer if answer.status == 503 else None

    def accepted(self, daemon, written):
        return self.attempt(daemon, written, 0).status == 204


if __name__ == "__main__":
    harness.main()
