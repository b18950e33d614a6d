"""Exceptions from the size limits: what is long may not grow, and what became short must leave.

{path: (lines, reason)} and {(path, function): (lines, reason)}.
"""

LONG_FILES = {}

LONG_FUNCTIONS = {}

# Files that may let go of a thread, and why nobody has to wait for it.
DETACHED = {
    "agent/host/statfs_prober.cc": "statfs of a dead network mount may never return",
    "base/runtime/signals.cc": "waits for a second signal for as long as the process lives",
}
