"""The pages in a real browser on a real daemon: push, search, look, follow, judge.

Any error on the browser's console fails the test. Screenshots go to the folder given as the first
argument.
"""

import json
import os
import sys
import time

import harness
from webdriver import Browser, missing_programs

SCREENSHOTS = "."
ROWS = "return document.querySelectorAll('.row').length"
STREAM = {"service": "shop", "host": "web-1"}


def line(level, message, **fields):
    return json.dumps({"level": level, "msg": message, "version": "B", **fields})


class UiOnDaemon(harness.Case):
    def setUp(self):
        super().setUp()
        missing = missing_programs()
        if missing:
            raise RuntimeError("the browser tests need: apt-get install " + " ".join(missing))
        self.server = self.daemon()
        self.browser = self.enterContext(Browser(self.path("profile")))

    def tearDown(self):
        self.browser.screenshot(os.path.join(SCREENSHOTS, f"daemon_{self._testMethodName}.png"))
        self.assertEqual(self.browser.console_errors(), [])

    def push_history(self):
        """600 lines over the last ten minutes, one in ten an error; one of them to be found."""
        start = time.time_ns() - 600 * 10**9
        for i in range(600):
            failed = i % 10 == 0
            text = line("error", "payment refused", n=i) if failed else line("info", "order", n=i)
            self.server.push(STREAM, [text], start + i * 10**9)
        found = line("warn", "a slow request", trace_id="feedc0de" * 4)
        self.server.push(STREAM, [found], start + 300 * 10**9)

    def test_logs_are_found_counted_opened_and_followed(self):
        self.push_history()
        self.browser.open(self.server.url + "/")
        self.browser.wait("lines", ROWS + " > 5")
        described = self.browser.wait(
            "levels in the histogram",
            "return document.querySelector('.histogram .plot')?.ariaLabel.match(/.*error.*/)?.[0]",
        )
        self.assertIn("601 lines", described)
        self.assertIn("60 error", described)

        self.browser.press("/")
        self.browser.press(*'{service="shop"} |= "feedc0de"', "Enter")
        self.browser.wait("the one line", ROWS + " === 1")
        self.browser.click(".row .head")
        self.assertIn(
            "trace_id",
            self.browser.wait("fields", "return document.querySelector('.fields')?.innerText"),
        )

        self.browser.press("/")
        self.browser.press(*'{service="shop"}', "Enter")
        self.browser.wait("all lines again", ROWS + " > 5")
        self.browser.click(".btn.live")
        self.browser.wait("the tail", "return document.querySelector('.live-state.on') !== null")
        for i in range(5):
            self.server.push(STREAM, [line("info", f"fresh line {i}")])
        self.browser.wait("a live line", "return document.body.innerText.includes('fresh line 4')")
        self.browser.click(".btn.live")

    def test_a_wrong_query_is_explained(self):
        self.push_history()
        self.browser.open(self.server.url + "/logs?q=%7Bservice%3D%22shop%22%7D%20%7C%7C")
        self.browser.wait("the reason", "return document.querySelector('.notice.bad .caret')")
        errors = self.browser.console_errors()
        self.assertTrue(errors and all("400" in e for e in errors), errors)

    def test_metrics_alerts_and_releases_open(self):
        answer = self.server.client.post(
            "/api/v1/deployments",
            harness.encode_json({"service": "shop", "env": "prod", "version": "B"}),
            {"Content-Type": "application/json"},
        )
        self.assertEqual(answer.status, 201, answer.text)
        self.browser.open(self.server.url + "/releases")
        self.browser.wait(
            "the deployment", "return document.querySelector('.item')?.innerText.includes('shop')"
        )
        self.browser.click("nav a", "Alerts")
        self.browser.wait("rules", "return document.querySelector('#rules') !== null")
        self.browser.click("nav a", "Metrics")
        self.browser.wait(
            "the metrics page", "return document.querySelector('[aria-label=\"PromQL query\"]')"
        )
        self.browser.press("/")
        self.browser.press(*"vector(1)", "Enter")
        self.browser.wait("a graph", "return document.querySelector('.chart canvas') !== null")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        SCREENSHOTS = sys.argv.pop(1)
        os.makedirs(SCREENSHOTS, exist_ok=True)
    harness.main()
