#!/usr/bin/env python3
"""Debian's node_exporter beside the agent on this machine: the same families, labels and values.

Both ask the same systemd (fake_systemd.py, on a bus of its own) and read the same text files.
"""

import os
import re
import shutil
import subprocess

import fake_systemd
import harness

SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)$")
TYPE = re.compile(r"^# TYPE (\S+) (\S+)$")
# Families of node_exporter itself, and of collectors that are not built.
MISSING = re.compile("go_|process_|promhttp_|node_(bcache|btrfs|exporter|fibrechannel|infiniband"
                     "|ipvs|nfsd?|rapl|scrape|tapestats|xfs|zfs)(_|$)")
NO_DISKS = re.compile(r'device="zram')  # later versions leave compressed memory out
# A state is there while something is in it.
STATES = ("node_processes_state", "node_processes_threads_state", "node_tcp_connection_states")
# Counters by name, for families that are untyped or of type gauge.
COUNTERS = re.compile("node_(netstat_.*(In|Out|Segs|Opens|Errors|Octets|Msgs|Datagrams|NoPorts)"
                      "|vmstat_|nf_conntrack_stat_)")
# What stands still while the two are asked one after the other.
STEADY = re.compile("(node_(boot_time|cpu_scaling|filefd_maximum|filesystem_(files|size|readonly)$"
                    "|disk_info|entropy_pool|selinux|systemd|textfile|time_(zone|clocksource)"
                    "|memory_(MemTotal|SwapTotal|Hugepagesize|VmallocTotal|DirectMap)"
                    "|network_(mtu|speed|flags|info|iface|address|protocol|transmit_queue_length)"
                    "|nf_conntrack_entries_limit|os_|processes_max|uname)|job_)")
CPU_TICKS = 0.05  # seconds; idle times are estimates that may step back

UNITS = {
    "ssh.service": ("loaded", "active", {"Type": ("s", "notify"), "NRestarts": ("u", 3)}),
    "bad.service": ("loaded", "failed", {"Type": ("s", "oneshot"), "NRestarts": ("u", 0)}),
    "ssh.socket": ("loaded", "active", {"NAccepted": ("u", 5), "NConnections": ("u", 2),
                                        "NRefused": ("u", 1)}),
    "apt.timer": ("loaded", "active", {"LastTriggerUSec": ("t", 1700000000500000)}),
    "gone.service": ("not-found", "inactive", {}),
    "tmp.mount": ("loaded", "active", {}),
}
TEXTFILE = """# HELP job_seconds How long the job took.
# TYPE job_seconds histogram
job_seconds_bucket{le="1"} 2
job_seconds_bucket{le="+Inf"} 3
job_seconds_sum 4.5
job_seconds_count 3
# TYPE job_last_success gauge
job_last_success{name="a \\"b\\" \\\\ c"} 1.7e9
job_plain 7
"""


def samples(text):
    """{(name, labels): value}; labels sorted, and none of them empty."""
    found = {}
    for line in text.splitlines():
        match = SAMPLE.match(line)
        if not match or MISSING.match(match[1]) or NO_DISKS.search(match[2] or ""):
            continue
        pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or "")
        if match[1] in STATES:
            pairs = []
        found[match[1], tuple(sorted(pair for pair in pairs if pair[1]))] = float(match[3])
    return found


def types(text):
    return {match[1]: match[2] for match in map(TYPE.match, text.splitlines())
            if match and not MISSING.match(match[1])}


def helps(text):
    return {line.split()[2] for line in text.splitlines()
            if line.startswith("# HELP ") and len(line.split()) > 3}


def successes(text):
    pattern = r'node_scrape_collector_success\{collector="(\w+)"\} (\d)'
    return dict(re.findall(pattern, text))


@harness.unittest.skipUnless(shutil.which("prometheus-node-exporter"),
                             "needs the package prometheus-node-exporter")
class NodeExporterTest(harness.Case):
    def setUp(self):
        super().setUp()
        self.bus = self.path("bus")
        systemd = fake_systemd.FakeSystemd(self.bus, UNITS)
        self.addCleanup(systemd.server_close)
        self.addCleanup(systemd.shutdown)
        self.textfiles = self.path("textfiles")
        os.mkdir(self.textfiles)
        for name, text in (("good.prom", TEXTFILE), ("bad.prom", "job_bad{ 1\n"),
                           ("note.txt", "job_note 1\n")):
            with open(os.path.join(self.textfiles, name), "w", encoding="utf-8") as file:
                file.write(text)
        self.before, self.theirs, self.after = self.ask_both()

    def ask_both(self):
        """Ours, theirs, and ours again: what comes or goes meanwhile is in one of ours."""
        config = self.path("agent.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"metrics:\n  system_bus: {self.bus}\n  textfiles: {self.textfiles}\n")
        agent = self.agent("http://127.0.0.1:9", [self.path("logs", "*.log")], "--config.file",
                           config)
        before = agent.client.get("/metrics").text
        theirs = self.node_exporter()
        return before, theirs, agent.client.get("/metrics").text

    def node_exporter(self):
        port = harness.free_port()
        with open(self.path("node_exporter.log"), "wb") as log:
            process = subprocess.Popen(
                ["prometheus-node-exporter", "--web.listen-address", f"127.0.0.1:{port}",
                 "--collector.processes", "--collector.interrupts", "--collector.tcpstat",
                 "--collector.systemd.enable-restarts-metrics",
                 "--collector.textfile.directory", self.textfiles], stderr=log,
                env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.bus}"})
        self.addCleanup(process.wait, 30)
        self.addCleanup(process.terminate)

        def metrics():
            answer = harness.Client(port).try_get("/metrics")
            return answer.text if answer.status == 200 else None
        return harness.wait_for("node_exporter's metrics", metrics, 60)

    def test_the_agent_gives_what_node_exporter_gives(self):
        before, theirs, after = map(samples, (self.before, self.theirs, self.after))
        ours = {**before, **after}
        self.assertGreater(len(theirs), 400)
        self.assertEqual(sorted(set(theirs) - set(ours)), [])
        self.check_types()
        self.check_steady(ours, theirs)
        self.check_counters(before, theirs, after)
        self.check_success()

    def check_types(self):
        ours, theirs = types(self.after), types(self.theirs)
        self.assertGreater(len(theirs), 250)
        self.assertEqual({name: ours.get(name) for name in theirs}, theirs)
        self.assertEqual(sorted(set(theirs) - helps(self.after)), [])

    def check_steady(self, ours, theirs):
        steady = [key for key in theirs if STEADY.match(key[0])]
        self.assertGreater(len(steady), 60)
        self.assertEqual({key: ours[key] for key in steady}, {key: theirs[key] for key in steady})

    def check_counters(self, before, theirs, after):
        """What only grows is between our two answers."""
        kinds = types(self.theirs)
        grow = [key for key in theirs if key in before and key in after and (
            kinds.get(key[0]) == "counter" or COUNTERS.match(key[0]))]
        self.assertGreater(len(grow), 100)
        wrong = {key: (before[key], theirs[key], after[key]) for key in grow
                 if not before[key] - CPU_TICKS <= theirs[key] <= after[key] + CPU_TICKS}
        self.assertEqual(wrong, {})

    def check_success(self):
        ours, theirs = successes(self.after), successes(self.theirs)
        common = sorted(set(ours) & set(theirs))
        self.assertGreater(len(common), 35)
        self.assertEqual({name: ours[name] for name in common},
                         {name: theirs[name] for name in common})


if __name__ == "__main__":
    harness.main()
