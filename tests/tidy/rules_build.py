"""Every source and every test is in the build."""

import os
import re

from tree import Finding


def cmake_text(tree, folder):
    source = tree.by_path.get(os.path.join(folder, "CMakeLists.txt"))
    text = source.text if source else ""
    return re.sub(r"#[^\n]*", "", text).replace("${CMAKE_CURRENT_SOURCE_DIR}/", "")


def is_listed(tree, path):
    """Named, relative to it, in the CMakeLists.txt of its folder or of one above."""
    folder = os.path.dirname(path)
    while True:
        name = os.path.relpath(path, folder) if folder else path
        if re.search(r"(?<![\w./-])" + re.escape(name) + r"(?![\w.-])", cmake_text(tree, folder)):
            return True
        if not folder:
            return False
        folder = os.path.dirname(folder)


def sources_in_build(tree):
    for source in tree.named(".cc"):
        if source.folder == "tests/fuzz":
            continue
        if not is_listed(tree, source.path):
            yield Finding(source.path, 1, "is in no CMakeLists.txt")


def fuzz_targets_in_build(tree):
    listed = cmake_text(tree, "tests/fuzz")
    for source in tree.named(".cc"):
        if source.folder != "tests/fuzz":
            continue
        name = os.path.basename(source.path)[: -len(".cc")]
        if not re.search(rf"sluice_fuzz\(\s*{name}\b", listed):
            yield Finding(source.path, 1, f"no sluice_fuzz({name}) in tests/fuzz/CMakeLists.txt")
        if not any(path.startswith(f"tests/fuzz/corpus/{name}/") for path in tree.by_path):
            yield Finding(source.path, 1, f"no input in tests/fuzz/corpus/{name}/")


def python_tests_in_build(tree):
    """A test (x_test.py, test_x.py) is run by ctest: some CMakeLists.txt above names it."""
    for source in tree.named(".py"):
        name = os.path.basename(source.path)
        if not (name.endswith("_test.py") or name.startswith("test_")):
            continue
        if not is_listed(tree, source.path):
            yield Finding(source.path, 1, "no CMakeLists.txt runs this test")


RULES = [sources_in_build, fuzz_targets_in_build, python_tests_in_build]
