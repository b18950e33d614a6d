#!/usr/bin/env python3
"""Checks the repository's own rules. Usage: tidy.py [ROOT]; prints path:line: what is wrong.

Each rule is a function from a Tree to Findings in a rules_*.py file; tidy_test.py proves for each
that it can fail. To add one: write the function, put it into its file's RULES, add a bad example.
"""

import sys

import rules_build
import rules_code
import rules_docs
import rules_include
import rules_size
import rules_unity
from tree import Tree

RULES = [rule for module in (rules_include, rules_size, rules_code, rules_build, rules_docs,
                                  rules_unity)
         for rule in module.RULES]


def check(tree):
    return sorted({finding for rule in RULES for finding in rule(tree)})


def main(arguments):
    tree = Tree.read(arguments[1] if len(arguments) > 1 else ".")
    findings = check(tree)
    for finding in findings:
        print(finding)
    print(f"tidy: {len(RULES)} rules, {len(tree.sources)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
