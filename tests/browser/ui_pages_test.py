"""The pages in a real browser against the fake daemon: what a person would do, step by step.

Each test ends by asking the browser's console: an error there fails it. Screenshots go to the
folder given as the first argument.
"""

import os
import re
import sys
import tempfile
import unittest

from fake_daemon import PREFIX, FakeDaemon
from webdriver import Browser, missing_programs

SCREENSHOTS = "."

ROWS = "return document.querySelectorAll('.row').length"
RANGE = "return document.querySelector('#time').innerText"
QUERY = "return document.querySelector('#query').value"
SHOWN = "return document.querySelector('.result-bar').innerText"


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        missing = missing_programs()
        if missing:
            raise RuntimeError("the browser tests need: apt-get install " + " ".join(missing))
        cls.daemon = cls.enterClassContext(FakeDaemon())
        cls.profile = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.browser = cls.enterClassContext(Browser(cls.profile))

    def tearDown(self):
        self.browser.screenshot(os.path.join(SCREENSHOTS, f"{self.id().split('.')[-1]}.png"))
        self.assertEqual(self.browser.console_errors(), self.expected_errors)

    expected_errors = []

    def visit(self, path):
        self.browser.open(self.daemon.url + path)

    def visit_logs(self, search=""):
        self.visit("/logs" + search)
        self.browser.wait("lines", ROWS + " > 5")
        self.browser.wait("the histogram", "return document.querySelector('.legend .key') !== null")


class LogsPage(Pages):
    def test_who_has_no_query_sees_everything_and_the_query_for_it(self):
        self.visit_logs()
        self.assertEqual(self.browser.run(QUERY), '{service=~".+"}')
        self.assertIn("500 of", self.browser.run(SHOWN))

    def test_histogram_counts_all_lines_by_level_not_only_the_loaded_ones(self):
        self.visit_logs()
        self.browser.wait("levels", "return document.body.innerText.includes('error')")
        described = self.browser.wait(
            "levels of all lines",
            "return document.querySelector('.histogram .plot').ariaLabel.match(/.*error.*/)?.[0]",
        )
        total, *counts = map(int, re.findall(r"(\d+) ", described))
        self.assertGreater(total, 7000)
        self.assertEqual(total, sum(counts))

    def test_dragging_over_the_histogram_zooms_and_back_undoes_it(self):
        self.visit_logs()
        self.browser.drag(".histogram .u-over", 0.3, 0.6)
        self.browser.wait("the zoomed range", RANGE + ".includes('–')")
        self.browser.wait("its lines", ROWS + " > 5")
        self.browser.back()
        self.browser.wait("the range before", RANGE + ".includes('Last 1h')")

    def test_an_entry_opens_and_a_click_on_a_field_filters(self):
        self.visit_logs()
        self.browser.click(".row .head", "order placed")
        self.browser.wait("the detail", "return document.querySelector('.detail') !== null")
        trace = self.browser.run(
            "return [...document.querySelectorAll('.fields tr')]"
            ".find((r) => r.innerText.includes('trace_id')).querySelector('.value').innerText"
        )
        self.browser.click(f'button[aria-label="Only lines with trace_id={trace}"]')
        self.browser.wait("one line", ROWS + " === 1")
        self.assertEqual(self.browser.run(QUERY), f'{{service=~".+"}} | json | trace_id="{trace}"')
        self.assertIn(trace, self.browser.run("return location.search"))

    def test_a_label_is_picked_from_the_side(self):
        self.visit_logs()
        self.browser.click(".label-name", "service")
        self.browser.click(".label-value", "nginx")
        self.browser.wait("only nginx", "return document.body.innerText.includes('/static/app')")
        self.assertEqual(self.browser.run(QUERY), '{service="nginx"}')

    def test_scrolling_to_the_end_loads_older_lines_without_gap_or_repeat(self):
        self.visit_logs()
        for _ in range(3):
            before = self.browser.run(SHOWN)
            self.browser.run(
                "const l = document.querySelector('#lines'); l.scrollTop = l.scrollHeight"
            )
            self.browser.wait("more lines", SHOWN + " !== arguments[0]", before)
        setsize = self.browser.wait(
            "the count", "return document.querySelector('.row').ariaSetSize"
        )
        self.assertEqual(int(setsize) % 500, 0)
        self.assertGreaterEqual(int(setsize), 1500)
        times = self.browser.run(
            "return [...document.querySelectorAll('.row time')].map((t) => t.innerText)"
        )
        halves = [float(t[6:]) * 2 for t in times]
        steps = {(a - b) % 120 for a, b in zip(halves, halves[1:])}
        self.assertEqual(steps, {1.0})

    def test_a_wide_list_keeps_few_rows_in_the_page(self):
        self.visit_logs()
        self.assertLess(self.browser.run(ROWS), 80)

    def test_live_tail_follows_and_holds_still_while_one_reads(self):
        self.visit_logs()
        self.browser.click(".btn.live")
        self.browser.wait("live lines", "return document.body.innerText.includes('live line 3')")
        self.browser.run("document.querySelector('#lines').scrollTop = 300")
        self.browser.wait("the pill", "return document.querySelector('.pill') !== null")
        first = self.browser.run("return document.querySelectorAll('.row')[5].innerText")
        self.browser.wait(
            "more waiting", "return parseInt(document.querySelector('.pill').innerText) > 8"
        )
        self.assertEqual(
            first, self.browser.run("return document.querySelectorAll('.row')[5].innerText")
        )
        self.browser.click(".pill")
        self.browser.wait("no pill", "return document.querySelector('.pill') === null")
        self.browser.wait(
            "the top again", "return document.querySelector('#lines').scrollTop === 0"
        )
        self.browser.click(".btn.live")
        self.browser.wait("no live state", "return document.querySelector('.live-state') === null")

    def test_wrapped_lines_keep_their_place(self):
        self.visit_logs()
        self.browser.click(".btn.quiet", "Wrap")
        self.browser.wait("the wrapped list", "return document.querySelector('.log-list.wrap')")
        self.browser.run("document.querySelector('#lines').scrollTop = 4000")
        overlap = """
            const rows = [...document.querySelectorAll('.row')];
            const boxes = rows.map((r) => r.getBoundingClientRect());
            const apart = (box, i) => i === 0 || box.top >= boxes[i - 1].bottom - 1;
            return boxes.length > 5 && boxes.every(apart);"""
        self.browser.wait("rows one below the other", overlap)
        self.browser.click(".btn.quiet", "Wrap")

    def test_keys_reach_query_help_and_pages(self):
        self.visit_logs()
        self.browser.press("/")
        self.browser.press(*'{service="nginx"}', "Enter")
        self.browser.wait("only nginx", "return location.search.includes('nginx')")
        self.browser.press("Escape", "?")
        self.browser.wait("help", "return document.querySelector('dialog[open]') !== null")
        self.browser.press("Escape", "g", "r")
        self.browser.wait("releases", "return location.pathname.endsWith('/releases')")

    def test_it_works_behind_a_prefix(self):
        self.visit(PREFIX + "/logs")
        self.browser.wait("lines", ROWS + " > 5")
        self.browser.click("nav a", "Alerts")
        self.browser.wait("alerts", "return document.querySelector('.alert') !== null")
        self.assertEqual(self.browser.run("return location.pathname"), PREFIX + "/alerts")


class WrongQuery(Pages):
    def tearDown(self):
        errors = self.browser.console_errors()
        self.assertTrue(all("400" in e for e in errors), errors)
        super().tearDown()

    def test_a_query_that_does_not_parse_shows_where(self):
        self.visit_logs("?q=" + "%7Bservice%3D%22shop%22%7D")
        self.browser.press("/", *"(((", "Enter")
        self.browser.wait("the caret", "return document.querySelector('.caret') !== null")
        self.assertIn("unexpected (, expected a selector", self.browser.text(".notice"))
        self.assertEqual(self.browser.text(".caret").splitlines()[1], "  ^")
        self.assertGreater(self.browser.run(ROWS), 5, "the last good result stays")


class OtherPages(Pages):
    def test_metrics_are_drawn(self):
        self.visit("/graph?q=node_load1")
        self.browser.wait("the chart", "return document.querySelector('.chart canvas') !== null")
        self.assertEqual(
            self.browser.run("return document.querySelectorAll('.series-legend li').length"), 3
        )

    def test_alerts_show_what_fires_and_which_rule_is_blind(self):
        self.visit("/alerts")
        self.browser.wait("alerts", "return document.querySelectorAll('.alert').length === 2")
        self.assertIn("5.1 % of the shop's requests fail", self.browser.text(".alert"))
        rows = self.browser.run(
            "return [...document.querySelectorAll('.rules tr')].map((r) => r.innerText)"
        )
        blind = next(r for r in rows if "ShopSilent" in r)
        self.assertIn("stale", blind)
        self.assertIn("agent web-3 has not reported", blind)
        self.assertTrue(self.browser.run("return document.title").startswith("(1)"))

    def test_releases_show_the_evidence_and_only_pass_is_green(self):
        self.visit("/releases")
        self.browser.wait("the gate", "return document.querySelector('.gate') !== null")
        text = self.browser.text(".gate")
        for part in [
            "5.1% of 1180 against 0.2% of 4020",
            "signature mismatch",
            "57 lines, 4.8 %",
            "rolled back from version B to version A",
            "baseline A seen 41s after",
        ]:
            self.assertIn(part, text)
        badges = self.browser.run(
            "return [...document.querySelectorAll('.item .badge')].map((b) =>"
            " [b.innerText, b.classList.contains('good')])"
        )
        self.assertEqual([word for word, good in badges if good], ["pass"])
        self.assertLessEqual(
            {"fail", "running", "pass", "inconclusive", "no data", "error"},
            {word for word, _ in badges},
        )

    def test_a_gate_of_its_own_address(self):
        self.visit("/releases?gate=g-0000000000000002")
        self.browser.wait("the gate", "return document.querySelector('.verdict') !== null")
        self.assertIn("NO DATA", self.browser.text(".verdict"))
        self.assertFalse(
            self.browser.run("return document.querySelector('.verdict').className.includes('good')")
        )


class DarkPage(Pages):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(FakeDaemon())
        cls.profile = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.browser = cls.enterClassContext(Browser(cls.profile, dark=True))

    def test_dark_follows_the_system(self):
        self.visit_logs()
        colour = self.browser.run("return getComputedStyle(document.body).backgroundColor")
        self.assertLess(sum(map(int, re.findall(r"\d+", colour)[:3])), 120)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        SCREENSHOTS = sys.argv.pop(1)
        os.makedirs(SCREENSHOTS, exist_ok=True)
    unittest.main(verbosity=2)
