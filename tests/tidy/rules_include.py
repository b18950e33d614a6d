"""Who may include what: layers, libraries, cycles between folders."""

import re
from collections import defaultdict

from tree import Finding

# base <- query <- rules <- daemon; base <- agent. Tests see everything, nobody sees tests.
MAY_INCLUDE = {
    "base": {"base"},
    "query": {"base", "query"},
    "rules": {"base", "query", "rules"},
    "agent": {"base", "agent"},
    "dashboards": {"base", "dashboards"},
    "daemon": {"base", "query", "rules", "dashboards", "daemon"},
}

BEAST_FILES = {"base/http/server.cc", "base/http/client.cc"}
ROCKSDB_FOLDERS = ("daemon/storage/", "tests/daemon/storage/")
HEAVY = re.compile(
    r"<(simdjson\.h|re2/|spdlog/|prometheus/|yaml-cpp/|curl/|rocksdb/|nlohmann/json\.hpp"
    r"|boost/beast)"
)


def quoted(source):
    return [(n, target[1:-1]) for n, target in source.includes if target[0] == '"']


def include_direction(tree):
    for source in tree.cpp():
        allowed = MAY_INCLUDE.get(source.top)
        for n, target in quoted(source):
            top = target.split("/", 1)[0]
            if "/" not in target or target.startswith("."):
                yield Finding(source.path, n, f'include "{target}" by its path from the root')
            elif allowed is not None and top not in allowed:
                yield Finding(source.path, n, f"{source.top} may not include {top}")


def beast_in_two_files(tree):
    for source in tree.cpp():
        if source.path in BEAST_FILES:
            continue
        for n, target in source.includes:
            if target.startswith("<boost/beast"):
                yield Finding(source.path, n, "Beast only in " + " and ".join(sorted(BEAST_FILES)))


def rocksdb_in_storage(tree):
    for source in tree.cpp():
        if source.path.startswith(ROCKSDB_FOLDERS):
            continue
        for n, target in source.includes:
            if target.startswith("<rocksdb/"):
                yield Finding(source.path, n, "RocksDB only in daemon/storage")


def heavy_headers(tree):
    for source in tree.named(".h"):
        for n, target in source.includes:
            if HEAVY.match(target):
                yield Finding(source.path, n, f"{target} belongs into a .cc file")


def mutual_includes(tree):
    """Two folders that include each other are one folder in two places."""
    edges = defaultdict(dict)
    for source in tree.cpp():
        if source.top == "tests":
            continue
        for n, target in quoted(source):
            other = target.rpartition("/")[0]
            if other != source.folder:
                edges[source.folder].setdefault(other, Finding(source.path, n, ""))
    for folder in sorted(edges):
        for other, where in sorted(edges[folder].items()):
            if folder < other and folder in edges.get(other, {}):
                back = edges[other][folder]
                yield Finding(where.path, where.line,
                              f"{folder} and {other} include each other (back: {back.path})")


RULES = [include_direction, beast_in_two_files, rocksdb_in_storage, heavy_headers, mutual_includes]
