"""Reads queries.ini, whose first lines say what its keys mean; refuses what it does not know."""
import configparser
import os
import re
import string

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "queries.ini")
KINDS = ("log", "instant", "range")
CHECKS = ("lines", "sum")
KEYS = {"query", "kind", "limit", "direction", "reference", "check", "expect", "target", "peers"}
STEPS = 60


class Query:
    """One section; numbers are numbers, what is not given is None."""

    def __init__(self, name, section):
        unknown = set(section) - KEYS
        if unknown:
            raise ValueError(f"[{name}]: unknown {', '.join(sorted(unknown))}")
        self.name = name
        self.query = section.get("query")
        self.kind = section.get("kind")
        self.limit = int(section["limit"]) if "limit" in section else None
        self.direction = section.get("direction", "backward")
        self.reference = section.get("reference")
        self.check = section.get("check")
        self.expect = int(section["expect"]) if "expect" in section else None
        self.target = float(section["target"]) if "target" in section else None
        self.peers = [float(p) for p in section.get("peers", "").split()]
        problem = self._problem()
        if problem:
            raise ValueError(f"[{name}]: {problem}")

    def _problem(self):
        if not self.query:
            return "no query"
        if self.kind not in KINDS:
            return f"kind is {self.kind}, not one of {', '.join(KINDS)}"
        if (self.kind == "log") != (self.limit is not None):
            return "log queries, and only those, have a limit"
        if self.direction not in ("backward", "forward"):
            return f"direction is {self.direction}"
        if bool(self.reference) != bool(self.check):
            return "reference and check come together"
        if self.check is not None and self.check not in CHECKS:
            return f"check is {self.check}, not one of {', '.join(CHECKS)}"
        if self.expect is not None and not self.reference:
            return "expect needs a reference"
        if len(self.peers) not in (0, 2):
            return "peers are two numbers"
        return None

    def apps(self):
        """Applications that must be in the corpus for this query to make sense."""
        return set(re.findall(r'\bapp="([^"]+)"', self.query))


def parse(text):
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",),
                                       comment_prefixes=("#",), strict=True)
    parser.read_string(text)
    return [Query(name, parser[name]) for name in parser.sections()]


def load(path=PATH):
    with open(path, encoding="utf-8") as file:
        return parse(file.read())


def fill(text, values):
    """Replaces $name; shell's and awk's own $1 and the like stay."""
    return string.Template(text).safe_substitute(values)
