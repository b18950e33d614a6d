"""The repository as the rules see it: paths and texts, and what they complain about."""

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property

# Built, then committed: the minified web UI.
GENERATED = "dashboards/dist/"
IGNORED_FOLDERS = {".git", "build", "var", "node_modules", "dist", "__pycache__", ".cache"}


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class Source:
    """One text file. `path` is relative to the root, with forward slashes."""

    def __init__(self, path, text):
        self.path = path
        self.text = text

    @property
    def folder(self):
        return os.path.dirname(self.path)

    @property
    def top(self):
        return self.path.split("/", 1)[0]

    def is_cpp(self):
        return self.path.endswith((".cc", ".h"))

    @cached_property
    def lines(self):
        return self.text.split("\n")

    @cached_property
    def code(self):
        """C++ with comments and the insides of literals blanked; line numbers stay."""
        return blank_cpp(self.text)

    @cached_property
    def includes(self):
        """[(line, "path" or <path>)] of #include directives."""
        pattern = re.compile(r'^\s*#\s*include\s*(["<][^">]+[">])')
        found = ((n, pattern.match(text)) for n, text in enumerate(self.lines, 1))
        return [(n, m.group(1)) for n, m in found if m]


# Comments, raw strings, strings and character literals; digit separators are no literals.
CPP_TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.DOTALL,
)


def blank_cpp(text):
    return CPP_TOKENS.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)


class Tree:
    """All files. Tests build one from a dict; the real one comes from `read`."""

    def __init__(self, texts):
        self.sources = [Source(path, text) for path, text in sorted(texts.items())]
        self.by_path = {source.path: source for source in self.sources}

    @classmethod
    def read(cls, root):
        texts = {}
        for path in list_files(root):
            with open(os.path.join(root, path), "rb") as file:
                data = file.read()
            # Of binary files only the path counts.
            texts[path] = "" if b"\0" in data else data.decode("utf-8", "replace")
        return cls(texts)

    def cpp(self):
        return [source for source in self.sources if source.is_cpp()]

    def named(self, *endings):
        return [source for source in self.sources if source.path.endswith(endings)]


def list_files(root):
    """Tracked and new files, or without git everything outside the build's folders."""
    git = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if git.returncode == 0:
        paths = [p for p in git.stdout.decode().split("\0") if p]
    else:
        paths = list(walk(root))
    own = (p for p in paths if not p.startswith(GENERATED))
    return [p for p in own if os.path.isfile(os.path.join(root, p))]


def walk(root):
    for folder, children, files in os.walk(root):
        children[:] = [c for c in children if c not in IGNORED_FOLDERS]
        for name in files:
            yield os.path.relpath(os.path.join(folder, name), root)
