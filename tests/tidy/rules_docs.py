"""Documents have one title, and the README's commands are tested."""

import ast
import os
import re

from tree import Finding

COMMAND_LIST = "tests/e2e/readme_commands.py"


def outside_fences(source):
    fenced = False
    for n, line in enumerate(source.lines, 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield n, line


def one_title(tree):
    for source in tree.named(".md"):
        if source.top == "docs" or os.path.basename(source.path) == "README.md":
            titles = [n for n, line in outside_fences(source) if re.match(r"# \S", line)]
            if len(titles) != 1:
                yield Finding(source.path, titles[1] if titles else 1,
                              f"{len(titles)} titles (# ...); a page has exactly one")


def commands_of(markdown):
    """[(line, command)] of ```sh blocks; a trailing backslash continues, # starts a comment."""
    found, fenced, pending, first = [], False, "", 0
    for n, line in enumerate(markdown.split("\n"), 1):
        if line.startswith("```"):
            fenced = line.strip() == "```sh"
            continue
        if not fenced:
            continue
        text = re.sub(r"(^|\s)#.*$", "", line).strip()
        if not text and not pending:
            continue
        first = first if pending else n
        pending += text
        if pending.endswith("\\"):
            pending = pending[:-1].rstrip() + " "
            continue
        found.append((first, pending))
        pending = ""
    return found


def listed_commands(source):
    """The keys of COMMANDS = {...} in the list, read without running it."""
    for node in ast.parse(source.text).body:
        names = [t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)]
        if "COMMANDS" in names:
            return set(ast.literal_eval(node.value))
    return set()


def readme_commands_tested(tree):
    readme = tree.by_path.get("README.md")
    if readme is None:
        return
    source = tree.by_path.get(COMMAND_LIST)
    listed = listed_commands(source) if source else set()
    written = commands_of(readme.text)
    for n, command in written:
        if command not in listed:
            yield Finding("README.md", n, f"`{command}` is not in {COMMAND_LIST}")
    for command in sorted(listed - {command for _, command in written}):
        yield Finding(COMMAND_LIST, 1, f"`{command}` is no longer in README.md")


RULES = [one_title, readme_commands_tested]
