"""Sources of one library share no names: debug builds compile several as one (unity builds).

The compiler sees a collision only when both sources are in the same unit; this rule sees all.
"""

import os
import re

from tree import Finding

TARGET = re.compile(r"\b(add_library|add_executable|sluice_test)\(")
OPENS_NAMESPACE = re.compile(r"^(inline\s+)?namespace\b\s*([\w:]*)\s*$")
TYPE = re.compile(r"^(?:template\s*<.*?>\s*)?(?:struct|class|enum class|enum|union)\s+(\w+)"
                  r"(?:\s+final)?(?:\s*:[^:].*)?$", re.DOTALL)
ALIAS = re.compile(r"^using\s+(\w+)\s*=(.*)$", re.DOTALL)
FUNCTION = re.compile(r"^(?!using|namespace|static_assert|extern|TEST_CASE|SCENARIO)"
                      r"[^=]*?(\w+)\s*\((.*)\)[\w\s&]*$", re.DOTALL)
VARIABLE = re.compile(r"^(?:inline |static |thread_local )*(?:constexpr|const|thread_local)\b"
                      r"[^=({]*?(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=.*)?$", re.DOTALL)


def library_of(tree, path):
    """The nearest folder above whose CMakeLists.txt makes a target."""
    folder = os.path.dirname(path)
    while folder:
        listing = tree.by_path.get(f"{folder}/CMakeLists.txt")
        if listing and TARGET.search(listing.text):
            return folder
        folder = os.path.dirname(folder)
    return ""


def heads(code):
    """(namespaces, line, text, what ends it) of each declaration outside functions and types."""
    scopes, start, line, parentheses = [], 0, 1, 0
    code = re.sub(r"^\s*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group()), code,
                  flags=re.MULTILINE)
    for position, char in enumerate(code):
        if char == "\n":
            line += 1
        parentheses += (char == "(") - (char == ")")
        if char not in "{};" or parentheses:
            continue
        text = code[start:position].strip()
        start = position + 1
        opens = OPENS_NAMESPACE.match(text) if char == "{" else None
        if char != "}" and None not in scopes and text and not opens:
            yield tuple(scopes), line - text.count("\n"), text, char
        if char == "{":
            scopes.append((opens.group(2) or "{anonymous}") if opens else None)
        elif char == "}" and scopes:
            scopes.pop()


def parameter_types(text):
    """"const A& a, int n = 1" as "const A&,int"."""
    depth, pieces = 0, [""]
    for char in re.sub(r"\s+", " ", text):
        depth += (char in "<([{") - (char in ">)]}")
        if char == "," and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += char
    pieces = [piece.split("=")[0].strip() for piece in pieces]
    return ",".join(re.sub(r"(?<=[\w>&*])\s+\w+$", "", piece) for piece in pieces)


def declared(text, end):
    """(name, what must differ for both to be legal), or None."""
    if end == "{" and (match := TYPE.match(text)):
        return match.group(1), ""
    if match := ALIAS.match(text):
        return match.group(1), "= " + match.group(2).strip()
    if match := FUNCTION.match(text):
        return match.group(1), "(" + parameter_types(match.group(2))
    match = VARIABLE.match(text)
    return (match.group(1), "") if match else None


def collides(a, b):
    """Overloads live together, and so do equal aliases."""
    if a.startswith("(") and b.startswith("("):
        return a == b
    return not (a == b and a.startswith("="))


def names_of(source):
    for scopes, line, text, end in heads(source.code):
        own = "{anonymous}" in scopes
        found = declared(text, end) if own or source.path.endswith(".h") else None
        if found:
            spaces = "::".join(s for s in scopes if s != "{anonymous}")
            yield (spaces, found[0]), found[1], line, own


def unity_names(tree):
    seen = {}
    for source in sorted(tree.cpp(), key=lambda s: (s.path.endswith(".cc"), s.path)):
        if source.folder == "tests/fuzz":  # each a program of its own
            continue
        library = library_of(tree, source.path)
        for name, kind, line, own in names_of(source):
            others = seen.setdefault((library, *name), [])
            for path, other in others:
                if own and path != source.path and collides(kind, other):
                    yield Finding(source.path, line,
                                  f"{name[1]} is also in {path}, of the same unity build")
                    break
            others.append((source.path, kind))


RULES = [unity_names]
