"""What else can be done with the same bytes on the same machine: zstd, grep, reading memory."""
import json
import os
import resource
import shutil
import subprocess
import time

SAMPLE_BYTES = 64_000_000
PLAIN = dict(os.environ, LC_ALL="C")


def measured(command, **arguments):
    """(output, wall seconds, CPU seconds) of a shell command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, check=False, env=PLAIN,
                          **arguments)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return done.stdout, wall, cpu


def number(command):
    """(the number a reference command prints, wall seconds); grep's exit code 1 is no error."""
    out, wall, _ = measured(command)
    return float(out.decode().strip() or 0), wall


def zstd(files, level, limit=None):
    """(ratio, MB/s of CPU time, bytes) of the files one after another, each cut to its share."""
    size = sum(os.path.getsize(path) for path in files)
    share = 1 if limit is None or size <= limit else limit / size
    sizes = [int(os.path.getsize(path) * share) for path in files]
    command = "cat " + " ".join(f"'{path}'" for path in files)
    if share < 1:
        command = "; ".join(f"head -c {n} '{path}'" for n, path in zip(sizes, files))
    out, _, cpu = measured(f"({command}) | zstd -{level} -c | wc -c")
    return sum(sizes) / int(out), sum(sizes) / 1e6 / cpu, sum(sizes)


def search_tools(files, needle):
    """[(name, wall seconds)] of a search for a needle in all files, already read once."""
    quoted = " ".join(f"'{path}'" for path in files)
    measured(f"cat {quoted} > /dev/null")
    commands = [("grep -cF", f"cat {quoted} | grep -cF {needle}")]
    if shutil.which("rg"):
        commands.append(("rg -cF", f"rg -cF {needle} {quoted}"))
    return [(name, measured(command)[1]) for name, command in commands]


def memory(binaries):
    return json.loads(subprocess.check_output([os.path.join(binaries, "sluice-bench-memory")]))


def cpu_model():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return "unknown CPU"
