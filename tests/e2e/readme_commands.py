"""Every command of the README's ```sh blocks, and how it is tested.

RUN: readme_test.py runs it against a daemon with data, and it must succeed. Any other value names
the test that does (or, for what installs or never ends, what stands in for it). tidy fails when
the README has a command that is not here, or the other way round.
"""

RUN = "run"

COMMANDS = {}
