"""The table: a row for each figure of each case, with what it must reach and whether it did."""

import statistics
from dataclasses import dataclass

SCALE = {("us", "ms"): 1e-3, ("ms", "s"): 1e-3}
UNMET = ("failed", "missed", "not measured")


def scaled(key, value, unit):
    """A figure names its own unit at its end (`p99_us`); the table may show it in another."""
    return value * SCALE.get((key.rsplit("_", 1)[-1], unit), 1)


@dataclass(frozen=True)
class AtLeastTimes:
    """So many times better than the peer."""

    factor: float

    def __str__(self):
        return f"{self.factor:g} ×"

    def holds(self, results, case, row):
        ratios = results.ratios(case, row.key, row.higher_is_better)
        return statistics.median(ratios) >= self.factor if ratios else None


@dataclass(frozen=True)
class AtMostTimes:
    """No more than so many times what the peer has in the same run; the table may tell it in other words."""

    key: str
    factor: float
    what: str = ""
    told: str = ""

    def __str__(self):
        return self.told or f"≤ {self.factor:g} × {self.what}".rstrip()

    def holds(self, results, case, row):
        ratios = results.ratios(case, self.key, higher_is_better=True)  # ours by theirs
        return statistics.median(ratios) <= self.factor if ratios else None


@dataclass(frozen=True)
class AtLeast:
    """No less than a limit, whatever the peer does."""

    key: str
    limit: float
    unit: str

    def __str__(self):
        return f"≥ {self.limit:g} {self.unit}".rstrip()

    def holds(self, results, case, row):
        value = results.median(case, "headrace", self.key)
        return None if value is None else scaled(self.key, value, self.unit) >= self.limit


@dataclass(frozen=True)
class AtMost:
    """No more than a limit, whatever the peer does."""

    key: str
    limit: float
    unit: str

    def __str__(self):
        return f"≤ {self.limit:g} {self.unit}"

    def holds(self, results, case, row):
        value = results.median(case, "headrace", self.key)
        return None if value is None else scaled(self.key, value, self.unit) <= self.limit


@dataclass(frozen=True)
class AtMostOfPeer:
    """No more than a part of what the peer has in a case that may be another one."""

    case: str
    key: str
    parts: int

    def __str__(self):
        return f"≤ 1/{self.parts} of the peer's classic queue"

    def holds(self, results, case, row):
        ours = results.median(case, "headrace", self.key)
        theirs = results.median(self.case, "peer", self.key)
        return None if ours is None or theirs is None else ours <= theirs / self.parts


@dataclass(frozen=True)
class Row:
    """One figure of a case. `cpu` is the figure that tells the broker's CPU beside it, None where there is no sense
    in it."""

    title: str
    key: str
    unit: str
    cpu: str = "cpu_us"
    must: tuple = ()
    aim: tuple = ()

    @property
    def higher_is_better(self):
        return self.unit in ("/s", "×")


PEERS = {  # what each promised
    "rabbitmq": (
        "When it confirms, Headrace has forced the message to disk; RabbitMQ's classic queues have not, its quorum queues "
        "have.",
    ),
    "kafka": (
        "When it answers `acks=all`, Headrace has forced the records to disk; Kafka with its defaults has handed them to the "
        "operating system.",
    ),
}
HEADER = ("case", "{peer}", "{headrace}", "better by", "CPU µs each", "peak RSS MiB", "must reach (aim)", "")


def markdown(cases, results):
    """The whole page of a sitting, with a table for each peer."""
    parts = [*_preamble(results)]
    for peer in PEERS:
        measured = [case for case in cases if case.peer == peer and results.ran(case.name)]
        if measured:
            parts += ["", *PEERS[peer], "", *_table(peer, measured, results), "", *_failures(measured, results)]
    return "\n".join(parts).rstrip() + "\n"


def all_met(cases, results):
    """Whether nothing that was measured failed or missed what it must reach."""
    rows = ((case, row) for case in cases if results.ran(case.name) for row in case.rows)
    return not any(_verdict(results, case.name, row) in UNMET for case, row in rows)


def _preamble(results):
    sitting = results.sitting
    yield f"{sitting['date']}, {sitting['machine']}."
    yield (
        f"{sitting['runs']} runs of each, in turn; {sitting['seconds']} s counted after {sitting['warm']} s. "
        f"Headrace is commit {sitting['commit']}."
    )
    yield "Median (least … most). *Better by* compares runs that followed each other."


def _table(peer, cases, results):
    names = {"peer": results.sitting["brokers"].get(peer, "—"), "headrace": results.sitting["brokers"].get("headrace", "—")}
    yield "| " + " | ".join(HEADER).format(**names) + " |"
    yield "|---|---:|---:|---:|---:|---:|---|---|"
    for case in cases:
        for row in case.rows:
            yield "| " + " | ".join(_cells(results, case.name, row)) + " |"


def _cells(results, case, row):
    title = f"{case}: {row.title}" if row.title else case
    yield title
    for role in ("peer", "headrace"):
        values = [scaled(row.key, value, row.unit) for value in results.values(case, role, row.key).values()]
        yield _spread(values, row.unit)
    yield _spread(results.ratios(case, row.key, row.higher_is_better), "×")
    yield _pair(results, case, row.cpu)
    yield _pair(results, case, "rss_peak_mib" if row.cpu else None)
    must, aim = ", ".join(map(str, row.must)), ", ".join(map(str, row.aim))
    yield f"{must} ({aim})" if aim else must
    verdict = _verdict(results, case, row)
    yield f"**{verdict}**" if verdict in UNMET else verdict


def _verdict(results, case, row):
    if not row.must:
        return ""
    must = [bound.holds(results, case, row) for bound in row.must]
    if results.failures(case, "headrace"):
        return "failed"
    if False in must:
        return "missed"
    if None in must:
        return "not measured"
    aim = [bound.holds(results, case, row) for bound in row.aim]
    return "aim reached" if aim and all(aim) else "met"


def _failures(cases, results):
    for case in cases:
        for role in ("peer", "headrace"):
            for why in dict.fromkeys(results.failures(case.name, role)):
                product = case.peer if role == "peer" else role
                yield f"- {case.name}, {results.sitting['brokers'].get(product, product)}: {why}"


def _pair(results, case, key):
    """The peer's figure, then ours."""
    if key is None:
        return ""
    values = [results.median(case, role, key) for role in ("peer", "headrace")]
    if values == [None, None]:
        return ""
    return " → ".join("—" if value is None else number(value) for value in values)


def _spread(values, unit):
    if not values:
        return "—"
    middle = statistics.median(values)
    shown = f"{number(middle)} {unit}" if not unit.startswith("/") else f"{number(middle)}{unit}"
    if len(values) == 1:
        return shown
    return f"{shown} ({number(min(values))} … {number(max(values))})"


def number(value):
    """Three digits that mean something."""
    if abs(value) >= 10_000:
        return f"{value / 1000:.3g} k" if abs(value) < 1_000_000 else f"{value / 1e6:.3g} M"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
