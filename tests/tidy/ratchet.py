"""Exceptions from the size limits: what is long may not grow, and what became short must leave.

{path: (lines, reason)} and {(path, function): (lines, reason)}.
"""

LONG_FILES = {}

LONG_FUNCTIONS = {}
