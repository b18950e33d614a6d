"""Lines, files and functions stay short."""

import ast
import re

import ratchet
from tree import Finding

MAX_LINE = 100
MAX_FILE = 500
MAX_FUNCTION = 70
CODE = (".cc", ".h", ".py", ".sh", ".cmake", "CMakeLists.txt", ".ts", ".tsx", ".css", ".js")

DATA = re.compile(r"/(fixtures|corpus|testdata)/")


def code_files(tree):
    return [s for s in tree.sources
            if (s.path.endswith(CODE) or s.path == "dev") and not DATA.search(s.path)]


def line_length(tree):
    for source in code_files(tree):
        for n, line in enumerate(source.lines, 1):
            if len(line) > MAX_LINE:
                yield Finding(source.path, n, f"{len(line)} columns; at most {MAX_LINE}")


def file_length(tree, known=None):
    known = ratchet.LONG_FILES if known is None else known
    lengths = {source.path: source.text.count("\n") for source in code_files(tree)}
    for path, length in lengths.items():
        limit = known.get(path, (MAX_FILE, ""))[0]
        if length > limit:
            yield Finding(path, 1, f"{length} lines; at most {limit}")
    yield from stale(known, lengths, MAX_FILE, lambda path: path)


def function_length(tree, known=None):
    known = ratchet.LONG_FUNCTIONS if known is None else known
    lengths = {}
    for source in code_files(tree):
        for name, first, last in functions(source):
            key = (source.path, name)
            length = last - first + 1
            lengths[key] = max(length, lengths.get(key, 0))
            limit = known.get(key, (MAX_FUNCTION, ""))[0]
            if length > limit:
                yield Finding(source.path, first, f"{name} has {length} lines; at most {limit}")
    yield from stale(known, lengths, MAX_FUNCTION, lambda key: key[0])


def stale(known, lengths, limit, path_of):
    for key in known:
        if lengths.get(key, 0) <= limit:
            yield Finding(path_of(key), 1, f"{key} is short now: remove it from tidy's ratchet")


def functions(source):
    """[(name, first line, last line)] of outermost functions."""
    if source.is_cpp():
        return cpp_functions(source.code)
    if source.path.endswith(".py"):
        return python_functions(source.text)
    if source.path.endswith(".sh") or source.path == "dev":
        return shell_functions(source.lines)
    return []


def python_functions(text):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds))
    return [(node.name, node.lineno, node.end_lineno) for node in nodes]


def shell_functions(lines):
    found, name, first = [], None, 0
    for n, line in enumerate(lines, 1):
        match = re.match(r"(\w+)\(\) \{$", line)
        if match:
            name, first = match.group(1), n
        elif line == "}" and name:
            found.append((name, first, n))
            name = None
    return found


# What may stand before a function's opening brace: parameters, then qualifiers, a return type, a
# constraint or constructor initialisers.
HEAD = re.compile(r"\)\s*(const|noexcept|override|final|mutable|&&?|->[^;{}]*|:[^;]*|requires[^;]*"
                  r"|try|\s)*$", re.DOTALL)
NOT_A_FUNCTION = re.compile(r"^\s*(namespace|class|struct|enum|union|concept)\b|=\s*$|\breturn\b")
NOT_NAMES = {"requires", "sizeof", "decltype", "explicit", "noexcept", "alignas"}
NAME = re.compile(r"([A-Za-z_~][\w:~]*|operator\s*[^\s(]+)\s*\(")


def cpp_functions(code):
    found, stack, head_start, line = [], [], 0, 1
    for position, char in enumerate(code):
        if char == "\n":
            line += 1
        elif char == "{":
            inside = any(kind for kind, _, _ in stack)
            head = code[head_start:position]
            name = None if inside else function_name(head)
            first = line - head.lstrip().count("\n")
            stack.append((inside or name is not None, name, first))
            head_start = position + 1
        elif char == "}":
            if stack:
                _, name, first = stack.pop()
                if name:
                    found.append((name, first, line))
            head_start = position + 1
        elif char == ";":
            head_start = position + 1
    return found


def function_name(head):
    head = re.sub(r"^\s*#.*$", "", head, flags=re.MULTILINE)
    if NOT_A_FUNCTION.search(head) or not HEAD.search(head):
        return None
    names = [m.group(1) for m in NAME.finditer(head) if m.group(1) not in NOT_NAMES]
    return names[0] if names else None


RULES = [line_length, file_length, function_length]
