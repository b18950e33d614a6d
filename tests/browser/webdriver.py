"""A WebDriver client in one file: chromedriver over HTTP, nothing but the standard library.

    with Browser(profile_dir) as browser:
        browser.open("http://127.0.0.1:3180/logs")
        browser.wait("the first line", "return document.querySelector('.row') !== null")

Elements are found and read by JavaScript, which keeps the protocol small; clicks and keys are real
input events, so what a test presses is what a person could press.
"""

import base64
import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request

CHROMIUM = ["chromium", "chromium-browser", "google-chrome"]

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--lang=en",
]

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"

KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Backspace": "\ue003", "Tab": "\ue004"}


class BrowserError(Exception):
    """What the driver refused, or what did not happen in time."""


def missing_programs():
    """Names of the Debian packages that are needed and not there."""
    missing = [] if any(map(shutil.which, CHROMIUM)) else ["chromium"]
    return missing + ([] if shutil.which("chromedriver") else ["chromium-driver"])


class Browser:
    """One headless Chromium. `profile` is an empty directory of its own."""

    def __init__(self, profile, width=1360, height=860, dark=False):
        self._profile = profile
        self._size = (width, height)
        self._dark = dark
        self._driver = None
        self._base = ""

    def __enter__(self):
        self._driver = subprocess.Popen(
            ["chromedriver", "--port=0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            self._base = f"http://127.0.0.1:{self._port()}"
            answer = self._call(
                "POST", "/session", {"capabilities": {"alwaysMatch": self._wanted()}}
            )
            self._base += "/session/" + answer["sessionId"]
        except BaseException:
            self._driver.kill()
            raise
        return self

    def __exit__(self, *_):
        try:
            self._call("DELETE", "")
        finally:
            self._driver.terminate()
            self._driver.wait(10)
            self._driver.stdout.close()

    def open(self, url):
        self._call("POST", "/url", {"url": url})

    def back(self):
        self._call("POST", "/back", {})

    def run(self, script, *arguments):
        """The value a function body returns in the page."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, what, script, *arguments, seconds=15):
        """Repeats the script until it returns something true, and returns that."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            value = self.run(script, *arguments)
            if value:
                return value
            time.sleep(0.05)
        raise BrowserError(
            f"waited {seconds} s in vain for {what}; the page says:\n{self.text()[:2000]}"
        )

    def click(self, selector, text=None):
        """Clicks the first visible element that matches and, if given, contains the text."""
        element = self.wait(
            f"{selector} {text or ''}",
            """
            const fits = (e) => e.getClientRects().length > 0 &&
                (arguments[1] === null || e.textContent.includes(arguments[1]));
            return [...document.querySelectorAll(arguments[0])].find(fits) ?? null;""",
            selector,
            text,
        )
        self._call("POST", f"/element/{element[ELEMENT]}/click", {})

    def press(self, *keys):
        """Types keys into whatever has the focus: single characters or names such as Enter."""
        actions = []
        for key in keys:
            value = KEYS.get(key, key)
            actions += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        self._call(
            "POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]}
        )

    def drag(self, selector, start, end):
        """Drags over an element from one share of its width to another, at half its height."""
        box = self.run(
            """const r = document.querySelector(arguments[0]).getBoundingClientRect();
            return [r.left, r.top + r.height / 2, r.width];""",
            selector,
        )
        moves = [
            {
                "type": "pointerMove",
                "duration": 80,
                "x": round(box[0] + box[2] * share),
                "y": round(box[1]),
            }
            for share in (start, (start + end) / 2, end)
        ]
        actions = [
            moves[0],
            {"type": "pointerDown", "button": 0},
            *moves[1:],
            {"type": "pointerUp", "button": 0},
        ]
        self._call(
            "POST",
            "/actions",
            {
                "actions": [
                    {
                        "type": "pointer",
                        "id": "mouse",
                        "parameters": {"pointerType": "mouse"},
                        "actions": actions,
                    }
                ]
            },
        )

    def text(self, selector="body"):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def screenshot(self, path):
        with open(path, "wb") as out:
            out.write(base64.b64decode(self._call("GET", "/screenshot")))

    def console_errors(self):
        """What the console holds at level error since the last call."""
        entries = self._call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]

    def _port(self):
        for line in self._driver.stdout:
            found = re.search(r"on port (\d+)", line)
            if found and "success" in line:
                return int(found.group(1))
        raise BrowserError("chromedriver did not start")

    def _wanted(self):
        width, height = self._size
        flags = CHROMIUM_FLAGS + [
            f"--user-data-dir={self._profile}",
            f"--window-size={width},{height}",
        ]
        if self._dark:
            flags.append("--blink-settings=preferredColorScheme=0")
        options = {"args": flags, "binary": next(filter(None, map(shutil.which, CHROMIUM)))}
        return {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
        }

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._base + path, data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            problem = json.load(error)["value"]
            raise BrowserError(
                f"{method} {path}: {problem['error']}: {problem['message']}"
            ) from error
