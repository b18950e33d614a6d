"""Habits that are banned in code."""

import re

import ratchet
from tree import Finding


DETACHED = re.compile(r"\basio::detached\b|,\s*detached\)|\.detach\(\)")


def no_detached_tasks(tree):
    """Every task belongs to a group that can cancel it and wait for it."""
    for source in tree.cpp():
        if source.path in ratchet.DETACHED:
            continue
        for n, line in enumerate(source.code.split("\n"), 1):
            if DETACHED.search(line):
                yield Finding(source.path, n, "detached tasks cannot be waited for")


# Spelt apart, so that this file does not break its own rule.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")


def no_unfinished_marks(tree):
    for source in tree.sources:
        for n, line in enumerate(source.lines, 1):
            if UNFINISHED.search(line):
                yield Finding(source.path, n, "finish it, or write it down elsewhere")


def header_comment(tree):
    for source in tree.named(".h"):
        if not source.text.startswith("// "):
            yield Finding(source.path, 1, "a header begins with a comment: what it is for")


REGISTRIES = re.compile(
    r"\b(" + "|".join(re.escape(host) for host in (
        "deb.debian" ".org", "security.debian" ".org", "snapshot.debian" ".org",
        "archive.ubuntu" ".com", "registry.npmjs" ".org", "registry.yarnpkg" ".com",
        "pypi" ".org", "pythonhosted" ".org", "crates" ".io", "proxy.golang" ".org",
        "docker" ".io", "gh" "cr.io", "quay" ".io")) + r")\b")


def no_registry_hosts(tree):
    """Machines have their own mirrors; ours must not be baked in."""
    for source in tree.sources:
        for n, line in enumerate(source.lines, 1):
            match = REGISTRIES.search(line)
            if match:
                yield Finding(source.path, n, f"names the registry {match.group(1)}")


RULES = [no_detached_tasks, no_unfinished_marks, header_comment, no_registry_hosts]
