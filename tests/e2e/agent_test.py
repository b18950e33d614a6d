#!/usr/bin/env python3
"""The agent ships each line once, across restarts, rotation and an absent server."""

import os

import harness


class AgentTest(harness.Case):
    def append(self, name, *lines):
        os.makedirs(self.path("logs"), exist_ok=True)
        with open(self.path("logs", name), "a", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))

    def agent_on_logs(self, daemon):
        return self.agent(daemon.url, [self.path("logs", "*.log")])

    def expect(self, daemon, *lines):
        """Exactly these lines, in any order, now and a moment of shipping later."""
        wanted = sorted(lines)
        harness.wait_for(f"{len(wanted)} lines",
                         lambda: len(daemon.lines('{filename=~".+"}')) >= len(wanted))
        self.assertEqual(sorted(daemon.lines('{filename=~".+"}')), wanted)

    def test_lines_arrive_and_new_files_are_found(self):
        self.append("a.log", "one", "two")
        daemon = self.daemon()
        self.agent_on_logs(daemon)
        self.expect(daemon, "one", "two")
        self.append("a.log", "three")
        self.append("b.log", "four")
        self.expect(daemon, "one", "two", "three", "four")

    def test_a_restarted_agent_goes_on_where_it_was(self):
        self.append("a.log", "one")
        daemon = self.daemon()
        agent = self.agent_on_logs(daemon)
        self.expect(daemon, "one")
        agent.stop()
        self.append("a.log", "two")
        agent.start()
        self.expect(daemon, "one", "two")
        agent.kill()
        self.append("a.log", "three")
        agent.start()
        self.expect(daemon, "one", "two", "three")

    def test_lines_wait_for_a_daemon_that_is_away(self):
        self.append("a.log", "one")
        daemon = self.daemon(start=False)
        self.agent(daemon.url, [self.path("logs", "*.log")], start=False).start(wait=False)
        self.append("a.log", "two")
        daemon.start()
        self.expect(daemon, "one", "two")

    def test_rotation_loses_and_doubles_nothing(self):
        self.append("a.log", "one", "two")
        daemon = self.daemon()
        self.agent_on_logs(daemon)
        self.expect(daemon, "one", "two")
        self.append("a.log", "three")
        os.rename(self.path("logs", "a.log"), self.path("logs", "a.log.1"))
        self.append("a.log", "four")
        self.expect(daemon, "one", "two", "three", "four")

    def test_host_metrics_arrive(self):
        daemon = self.daemon()
        os.makedirs(self.path("logs"))
        self.agent_on_logs(daemon)
        harness.wait_for("node_load1", lambda: self.metric(daemon, "node_load1"), 60)

    def metric(self, daemon, name):
        answer = daemon.client.get(f"/api/v1/query?query={name}")
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json["data"]["result"]


if __name__ == "__main__":
    harness.main()
