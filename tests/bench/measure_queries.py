"""Asks the queries, cold and warm, and checks their answers against the plain files."""
import json
import statistics
import time

import query_file
import references

WARM_SECONDS = 0.4
WARM_RUNS = (3, 30)


class Answer:
    """What came back: lines, series and the sum of all values, or why nothing did."""

    def __init__(self, status, body):
        self.lines, self.series, self.sum, self.error = 0, 0, 0.0, None
        if status != 200:
            self.error = f"{status}: {body.decode(errors='replace')[:200]}"
            return
        data = json.loads(body)["data"]
        self.series = len(data["result"])
        for item in data["result"]:
            if data["resultType"] == "streams":
                self.lines += len(item["values"])
            else:
                values = item.get("values") or [item["value"]]
                self.sum += sum(float(value) for _, value in values)

    def rows(self, kind):
        return self.lines if kind == "log" else self.series


class Result:
    """One query's figures; cold and warm are (wall ms, CPU ms)."""

    def __init__(self, query):
        self.query = query
        self.cold = self.warm = self.answer = self.reference_ms = self.naive_ms = None
        self.problems = []


def request_of(query, corpus):
    text = query_file.fill(query.query, corpus.query_values())
    if query.kind == "instant":
        return "/loki/api/v1/query", {"query": text, "time": str(corpus.end)}
    step = (corpus.end - corpus.start) // query_file.STEPS
    if query.kind == "range":
        return "/loki/api/v1/query_range", {
            "query": text, "start": str(corpus.start + step), "end": str(corpus.end),
            "step": f"{step // 10**9}s"}
    return "/loki/api/v1/query_range", {
        "query": text, "start": str(corpus.start), "end": str(corpus.end), "limit": query.limit,
        "direction": query.direction}


def ask(server, path, parameters):
    """(Answer, wall ms, CPU ms of the server); the answer is read after the clocks."""
    cpu, began = server.cpu_seconds(), time.perf_counter()
    status, body = server.request("GET", path, parameters)
    wall, cpu = time.perf_counter() - began, server.cpu_seconds() - cpu
    return Answer(status, body), wall * 1000, cpu * 1000


def measure(server, query, corpus):
    """Cold: the first query of a server just started, its files out of the page cache."""
    result = Result(query)
    path, parameters = request_of(query, corpus)
    server.stop()
    server.forget_pages()
    server.start()
    result.answer, *result.cold = ask(server, path, parameters)
    if result.answer.error:
        result.problems.append(result.answer.error)
        return result
    runs = []
    began = time.monotonic()
    while len(runs) < WARM_RUNS[0] or (time.monotonic() < began + WARM_SECONDS
                                       and len(runs) < WARM_RUNS[1]):
        again, wall, cpu = ask(server, path, parameters)
        runs.append((wall, cpu))
        if (again.lines, again.series) != (result.answer.lines, result.answer.series):
            result.problems.append("cold and warm answers differ")
    result.warm = (statistics.median(w for w, _ in runs), statistics.mean(c for _, c in runs))
    return result


def check(result, corpus):
    """Compares with the files, and with what the corpus promises."""
    query = result.query
    if not query.reference or result.answer.error:
        return
    command = query_file.fill(query.reference, corpus.shell_values())
    expected, wall = references.number(command)
    result.reference_ms = wall * 1000
    if query.expect is not None and expected != query.expect:
        result.problems.append(f"the corpus has {expected:.0f} hits, not {query.expect}")
    if query.check == "lines":
        expected, got = min(expected, query.limit), result.answer.lines
    else:
        got = result.answer.sum
    if abs(got - expected) > max(0.5, abs(expected) * 1e-9):
        result.problems.append(f"answered {got:.0f}, the files say {expected:.0f}")


def compare(result, naive):
    """With the answer found one line at a time."""
    if naive is None or result.answer.error:
        return
    path, parameters = request_of(result.query, naive.corpus)
    found = naive.ask(result.query, path, parameters)
    result.naive_ms = found.get("cpu_ms")
    ours = result.answer
    if "error" in found:
        result.problems.append("line at a time: " + found["error"])
    elif (ours.lines, ours.series) != (found["lines"], found["series"]) or (
            abs(ours.sum - found["sum"]) > abs(found["sum"]) * 1e-9):
        result.problems.append(
            f"answered {ours.lines} lines, {ours.series} series, sum {ours.sum}; line at a time "
            f"{found['lines']}, {found['series']}, {found['sum']}")


def measure_all(server, corpus, only=None, naive=None):
    for query in query_file.load():
        if only and only not in query.name:
            continue
        missing = query.apps() - corpus.apps()
        if missing:
            result = Result(query)
            result.problems.append(f"not asked: no app {', '.join(sorted(missing))} in the corpus")
        else:
            result = measure(server, query, corpus)
            check(result, corpus)
            compare(result, naive)
        yield result
