"""Fails when dashboards/dist is not what dashboards/ui builds to.

The build ends by writing dist/SOURCES.sha256 over its sources and its results. Here every file is
hashed again: a changed source, a file added to src/ and a hand-edited result are all found without
Node. Exit code 0 fresh, 1 stale.
"""

import hashlib
import pathlib
import sys

SOURCES = [
    "ui/index.html",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/src",
    "ui/public",
    "dist",
]


def read_seal(dashboards):
    lines = (dashboards / "dist" / "SOURCES.sha256").read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def files_now(dashboards):
    for root in SOURCES:
        path = dashboards / root
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            name = file.relative_to(dashboards).as_posix()
            if file.is_file() and name != "dist/SOURCES.sha256":
                yield name


def problems(dashboards):
    sealed = read_seal(dashboards)
    for name, digest in sealed.items():
        file = dashboards / name
        if not file.is_file():
            yield f"{name} was part of the build and is gone"
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            yield f"{name} has changed since the build"
    for name in files_now(dashboards):
        if name not in sealed:
            yield f"{name} is not part of the build"


def main(root):
    found = list(problems(pathlib.Path(root) / "dashboards"))
    for problem in found:
        print(f"dashboards/{problem}")
    if found:
        print("Build it anew: cd dashboards/ui && npm ci --ignore-scripts && npm run build")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
