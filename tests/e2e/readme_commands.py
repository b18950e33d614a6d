"""Every command of the README's ```sh blocks, and how it is tested.

RUN: readme_test.py runs it against a daemon with data, and it must succeed. Any other value names
the test that does (or, for what installs or never ends, what stands in for it). tidy fails when
the README has a command that is not here, or the other way round.
"""

RUN = "run"

COMMANDS = {
    "./dev up": "tests/e2e/dev_test.py, but for the build and the waiting for Ctrl-C",
    "./dev test": "what CI itself runs",
    "build/release/bin/sluice labels": "run",
    "build/release/bin/sluice logs '{filename=~\".+\"} |~ \"(?i)error\"' --since 24h": "run",
    "build/release/bin/sluice metric 'vector(1)'": "run",
    "build/release/bin/sluice logs '{service_name=\"shop\"} | json | status >= 400' "
    "--since 1h -o raw": "run",
    "build/release/bin/sluice metric --logs "
    "'sum by (service_name) (count_over_time({job=\"files\"}[1h]))'": "run",
    "./dev demo": "e2e_story",
}
