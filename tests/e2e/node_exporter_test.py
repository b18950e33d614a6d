#!/usr/bin/env python3
"""Debian's node_exporter beside the agent on this machine: the same families, labels and values."""

import re
import shutil
import subprocess

import harness

SAMPLE = re.compile(r"^(node_[a-zA-Z0-9_]+)(\{.*\})? (\S+)$")
# Families of collectors that are not built, or that only Debian's version has.
MISSING = re.compile("node_(bonding|btrfs|clocksource|disk_(info|ata|device_mapper|filesystem)|edac"
                     "|dmi|exporter|fibrechannel|infiniband|ipvs|mdadm|nf_conntrack_stat|nfsd?|nvme"
                     "|processes_threads_state|rapl|scrape|selinux|tapestats|textfile"
                     "|time_(zone|clocksource)|xfs|zfs)(_|$)")
NO_DISKS = re.compile(r'device="zram')  # later versions leave compressed memory out
# What stands still while the two are asked one after the other.
STEADY = re.compile("node_(boot_time|cpu_scaling|filefd_maximum|filesystem_(files|size|readonly)$"
                    "|entropy_pool|memory_(MemTotal|SwapTotal|Hugepagesize|VmallocTotal|DirectMap)"
                    "|network_(mtu|speed|flags|info|iface|address|protocol|transmit_queue_length)"
                    "|nf_conntrack_entries_limit|os_|processes_max|uname)")


def samples(text):
    """{(family, labels): value}; labels sorted, and none of them empty."""
    found = {}
    for line in text.splitlines():
        match = SAMPLE.match(line)
        if not match or MISSING.match(match[1]) or NO_DISKS.search(match[2] or ""):
            continue
        pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or "")
        if match[1] == "node_processes_state":  # a state is there while a process is in it
            pairs = []
        found[match[1], tuple(sorted(pair for pair in pairs if pair[1]))] = float(match[3])
    return found


@harness.unittest.skipUnless(shutil.which("prometheus-node-exporter"),
                             "needs the package prometheus-node-exporter")
class NodeExporterTest(harness.Case):
    def test_the_agent_gives_what_node_exporter_gives(self):
        agent = self.agent(self.daemon().url, [self.path("logs", "*.log")])
        # Asked before and after, for what comes or goes meanwhile: a mount, an interface.
        before = samples(agent.client.get("/metrics").text)
        theirs = samples(self.node_exporter())
        ours = {**before, **samples(agent.client.get("/metrics").text)}
        self.assertGreater(len(theirs), 100)
        self.assertEqual(sorted(set(theirs) - set(ours)), [])
        steady = [key for key in theirs if STEADY.match(key[0])]
        self.assertGreater(len(steady), 10)
        for key in steady:
            self.assertEqual(ours[key], theirs[key], key)

    def node_exporter(self):
        port = harness.free_port()
        with open(self.path("node_exporter.log"), "wb") as log:
            process = subprocess.Popen(
                ["prometheus-node-exporter", "--web.listen-address", f"127.0.0.1:{port}",
                 "--collector.processes"], stderr=log)
        self.addCleanup(process.wait, 30)
        self.addCleanup(process.terminate)

        def metrics():
            answer = harness.Client(port).try_get("/metrics")
            return answer.text if answer.status == 200 else None
        return harness.wait_for("node_exporter's metrics", metrics, 60)


if __name__ == "__main__":
    harness.main()
