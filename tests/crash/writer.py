"""Writers of numbered log lines at a rate, and the check that each arrived exactly once."""

import os
import threading
import time

TICK_SECONDS = 0.02
LINES_PER_FILE = 200_000
PAYLOAD = " level=info msg=\"request served\" path=/api/v1/items status=200 bytes=5123 took=12ms"


class Writer(threading.Thread):
    """Appends `rate` lines per second to files in `folder` until told to stop.

    A line is "<RFC 3339 time> writer=<name> n=<number> ...", so that the number of lines is known
    and no two lines have the same text or time.
    """

    def __init__(self, name, folder, rate):
        super().__init__(name=f"writer {name}", daemon=True)
        os.makedirs(folder, exist_ok=True)
        self.label = name
        self.folder = folder
        self.rate = rate
        self.written = 0
        self._done = threading.Event()

    def finish(self):
        self._done.set()
        self.join()
        return self.written

    def run(self):
        started = time.monotonic()
        while not self._done.wait(TICK_SECONDS):
            wanted = int((time.monotonic() - started) * self.rate)
            if wanted > self.written:
                self._append(wanted - self.written)

    def _append(self, count):
        path = os.path.join(self.folder, f"{self.label}.{self.written // LINES_PER_FILE}.log")
        now = time.time_ns()
        lines = (self._line(self.written + i, now + i) for i in range(count))
        with open(path, "ab") as file:
            file.write("".join(lines).encode())
        self.written += count

    def _line(self, number, time_ns):
        seconds, ns = divmod(time_ns, 1_000_000_000)
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        return f"{stamp}.{ns:09d}Z writer={self.label} n={number}{PAYLOAD}\n"


class Tally:
    """Counts how often each of `expected` numbers was seen."""

    def __init__(self, expected):
        self.seen = bytearray(expected)
        self.foreign = 0

    def add(self, number):
        if number >= len(self.seen):
            self.foreign += 1
        else:
            self.seen[number] = min(self.seen[number] + 1, 255)

    @property
    def missing(self):
        return [n for n, times in enumerate(self.seen) if times == 0]

    @property
    def doubled(self):
        return [n for n, times in enumerate(self.seen) if times > 1]

    def problems(self):
        """"" when everything was there exactly once."""
        parts = []
        if self.missing:
            parts.append(f"{len(self.missing)} missing: {ranges(self.missing)}")
        if self.doubled:
            parts.append(f"{len(self.doubled)} doubled: {ranges(self.doubled)}")
        if self.foreign:
            parts.append(f"{self.foreign} that nobody wrote")
        return "; ".join(parts)


def ranges(numbers, most=8):
    """[1, 2, 3, 7] -> "1-3, 7"; at most `most` of them."""
    found = []
    for n in numbers:
        if found and found[-1][1] == n - 1:
            found[-1][1] = n
        else:
            found.append([n, n])
    text = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found[:most])
    return text + (", ..." if len(found) > most else "")


def number_of(line):
    """(writer, number) of a line made by a Writer."""
    fields = dict(part.split("=", 1) for part in line.split(" ")[1:3])
    return fields["writer"], int(fields["n"])
