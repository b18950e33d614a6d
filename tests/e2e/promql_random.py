"""Random series and random PromQL over them, for the comparison with another Prometheus.

What changed its meaning between Prometheus 2.42 and 3 does not come up: no sample lies on the edge
of a range (samples are 7 s past the steps), no step of a subquery on the edge of its own, no
counter is near zero where an increase is extrapolated, deviations are of finite numbers, a selector
has one matcher for a label, predict_linear no @, and atan2 is left out.
"""

import random

STEP = 15
OFFSET = 7
SAMPLES = 160

RANGES = ["1m", "2m30s", "5m", "10m"]
AGGREGATIONS = ["sum", "avg", "min", "max", "count", "group"]
RANKS = ["topk", "bottomk"]
COUNTER_FUNCTIONS = ["rate", "increase", "irate", "resets", "changes"]
GAUGE_FUNCTIONS = [
    "delta", "idelta", "deriv", "avg_over_time", "min_over_time", "max_over_time",
    "sum_over_time", "count_over_time",
    "last_over_time", "present_over_time", "changes", "resets"]
ELEMENT_FUNCTIONS = ["abs", "sqrt", "ln", "atan", "timestamp", "-"]
# A last digit that differs becomes another number: these are asked of samples only.
JUMPS = ["ceil({})", "floor({})", "sgn({})", "round({}, 0.5)", "round({})", "{} % 7", "-3 % {}",
         "exp({})", "sin({})", "hour(queue)", "day_of_month(queue)"]
ARITHMETIC = ["+", "-", "*", "/"]
COMPARISONS = ["==", "!=", ">", "<", ">=", "<="]
SETS = ["and", "or", "unless"]
LABELS = ["job", "instance", "zone"]


def make_series(rng, begin):
    """[(labels, [(ms, value)])]: gauges, counters with resets, a classic histogram; gaps."""
    series = []
    for job in ("a", "b"):
        for instance in range(3):
            labels = {"job": job, "instance": str(instance), "zone": rng.choice(["x", "y"])}
            for name in ("temperature", "queue"):
                special = name == "temperature" and rng.random() < 0.4
                series.append(({"__name__": name, **labels}, gauge(rng, begin, special)))
            series.append(({"__name__": "requests_total", **labels}, counter(rng, begin)))
        series += histogram(rng, begin, job)
    return series


def times(rng, begin):
    gap = rng.randrange(SAMPLES)
    length = rng.choice([0, 0, 3, 30])
    return [begin + OFFSET + i * STEP for i in range(SAMPLES) if not gap <= i < gap + length]


def gauge(rng, begin, special):
    values = []
    for second in times(rng, begin):
        value = round(rng.uniform(-50, 50), 2)
        if special and rng.random() < 0.05:
            value = rng.choice([float("nan"), float("inf"), float("-inf"), 0.0])
        values.append((second * 1000, value))
    return values


def counter(rng, begin):
    value, values = 10_000.0, []
    for second in times(rng, begin):
        value = value + rng.randrange(10) if rng.random() > 0.01 else 5_000.0
        values.append((second * 1000, value))
    return values


def histogram(rng, begin, job):
    bounds = ["0.1", "0.5", "1", "5", "+Inf"]
    seconds = [begin + OFFSET + i * STEP for i in range(SAMPLES)]
    counts, rows = [1000.0] * len(bounds), {bound: [] for bound in bounds}
    for second in seconds:
        for place in range(len(bounds)):
            counts[place] += rng.randrange(5)
        total = 0.0
        for bound, count in zip(bounds, counts):
            total += count
            rows[bound].append((second * 1000, total))
    return [({"__name__": "latency_bucket", "job": job, "le": bound}, samples)
            for bound, samples in rows.items()]


class Expressions:
    def __init__(self, rng: random.Random):
        self.rng = rng

    def vector(self, depth=3):
        if depth == 0:
            return self.leaf()
        make = self.rng.choice([self.leaf, self.aggregation, self.rank, self.element, self.binary,
                                self.with_scalar, self.comparison, self.sets, self.labels,
                                self.subquery, self.quantile, self.absent, self.clamped])
        return make(depth - 1) if make != self.leaf else self.leaf()

    def selector(self, name):
        choices = [['job="a"', 'job!="a"', 'job=~".+"'], ['instance=~"0|1"', 'instance="2"'],
                   ['zone!~"x.*"', 'zone="nowhere"', 'zone="y"']]
        matchers = [self.rng.choice(of_label)
                    for of_label in self.rng.sample(choices, self.rng.choice([0, 0, 1, 2]))]
        return name + ("{" + ",".join(matchers) + "}" if matchers else "")

    def modifier(self):
        return self.rng.choice(["", "", "", " offset 2m", " offset -1m", " @ end()", " @ start()"])

    def gauge(self):
        return self.selector(self.rng.choice(["temperature", "queue"]))

    def leaf(self):
        kind = self.rng.randrange(4)
        if kind == 0:
            return self.gauge() + self.modifier()
        length = "[" + self.rng.choice(RANGES) + "]" + self.modifier()
        if kind == 1:
            function = self.rng.choice(COUNTER_FUNCTIONS)
            return f"{function}({self.selector('requests_total')}{length})"
        if kind == 2 and self.rng.random() < 0.2:
            phi = self.rng.choice(["0", "0.3", "1"])
            return f"quantile_over_time({phi}, {self.gauge()}{length})"
        if kind == 2 and self.rng.random() < 0.2:
            return f"predict_linear({self.gauge()}[5m], {self.rng.choice([60, -30])})"
        return f"{self.rng.choice(GAUGE_FUNCTIONS)}({self.gauge()}{length})"

    def grouping(self):
        labels = ", ".join(self.rng.sample(LABELS, self.rng.randrange(3)))
        return self.rng.choice(["", f" by ({labels})", f" without ({labels})"])

    def aggregation(self, depth):
        return f"{self.rng.choice(AGGREGATIONS)}{self.grouping()} ({self.vector(depth)})"

    def rank(self, depth):
        # Ties come out in any order, so values that are often equal are kept away.
        k = self.rng.choice([0, 1, 2, 10])
        return f"sum({self.rng.choice(RANKS)}({k}, {self.gauge()}))" if depth else self.leaf()

    def element(self, depth):
        if self.rng.random() < 0.5:
            return "(" + self.rng.choice(JUMPS).format(self.gauge()) + ")"
        function = self.rng.choice(ELEMENT_FUNCTIONS)
        return f"{function}({self.vector(depth)})"

    def scalar(self):
        return self.rng.choice(["1", "-2.5", "0", "1e3", "time()", "scalar(sum(queue))",
                                "scalar(temperature)", "pi()", "NaN", "Inf"])

    def with_scalar(self, depth):
        sides = [self.vector(depth), self.scalar()]
        self.rng.shuffle(sides)
        return f"({sides[0]} {self.rng.choice(ARITHMETIC)} {sides[1]})"

    def matching(self):
        labels = ", ".join(self.rng.sample(LABELS, self.rng.randrange(1, 4)))
        side = self.rng.choice(["", "", " group_left", " group_right", " group_left (zone)"])
        word = self.rng.choice(["", " on", " ignoring"])
        return f"{word} ({labels}){side}" if word else ""

    def binary(self, depth):
        operator = self.rng.choice(ARITHMETIC)
        return f"({self.vector(depth)} {operator}{self.matching()} {self.vector(depth)})"

    def comparison(self, depth):
        operator = self.rng.choice(COMPARISONS) + self.rng.choice(["", " bool"])
        right = self.scalar() if self.rng.random() < 0.5 else self.matching() + " " + self.vector(
            depth)
        return f"({self.vector(depth)} {operator} {right})"

    def sets(self, depth):
        labels = ", ".join(self.rng.sample(LABELS, self.rng.randrange(1, 4)))
        word = self.rng.choice(["", f" on ({labels})", f" ignoring ({labels})"])
        return f"({self.vector(depth)} {self.rng.choice(SETS)}{word} {self.vector(depth)})"

    def labels(self, depth):
        return self.rng.choice([
            'label_replace({}, "place", "$1-z", "zone", "(.)")',
            'label_replace({}, "job", "", "instance", "1")',
            'label_join({}, "both", "/", "job", "zone")']).format(self.vector(depth))

    def subquery(self, depth):
        inner = self.gauge() if depth == 0 else f"sum by (job) ({self.leaf()})"
        function = self.rng.choice(["avg_over_time", "max_over_time", "count_over_time", "delta",
                                    "last_over_time"])
        return f"{function}(({inner})[{self.rng.choice(['3m', '8m'])}:1m])"

    def quantile(self, _depth):
        if self.rng.random() < 0.3:
            word = self.rng.choice(["stddev", "stdvar"])
            return f"{word}{self.grouping()} ({self.selector('queue')})"
        if self.rng.random() < 0.5:
            return f"quantile{self.grouping()} ({self.rng.choice(['0.5', '0.9'])}, {self.gauge()})"
        return (f"histogram_quantile({self.rng.choice(['0.1', '0.5', '0.99'])}, "
                f"rate(latency_bucket[{self.rng.choice(RANGES)}]))")

    def absent(self, depth):
        return self.rng.choice([f"absent({self.vector(depth)})",
                                'absent(temperature{job="a", instance="9"})',
                                f"absent_over_time({self.gauge()}[1m])"])

    def clamped(self, depth):
        bound = self.rng.choice(["clamp({}, -10, 10)", "clamp_min({}, 3)", "clamp_max({}, -1)"])
        return bound.format(self.vector(depth))
