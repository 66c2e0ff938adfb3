"""What was measured: kept as one JSON line for each run, so that a table can be made from it again."""

import json
import statistics


class Results:
    """The first line tells about the sitting: when, where, what against what. Every other line is a run."""

    def __init__(self, sitting, file=None):
        self.sitting = sitting
        self._runs = {}  # (case, role) -> {run: figures}
        self._failures = {}  # (case, role) -> [why]
        self._file = file
        self._write(sitting)

    @staticmethod
    def read(path):
        with open(path) as lines:
            sitting = json.loads(next(lines))
            if "peer" in sitting["brokers"]:  # as it was written when there was but one
                sitting["brokers"]["rabbitmq"] = sitting["brokers"].pop("peer")
            results = Results(sitting)
            for line in lines:
                run = json.loads(line)
                results.add(**run)
        return results

    def add(self, case, role, run, figures=None, failed=None):
        entry = {"case": case, "role": role, "run": run}
        if failed is None:
            self._runs.setdefault((case, role), {})[run] = figures
            self._write({**entry, "figures": figures})
        else:
            self._failures.setdefault((case, role), []).append(failed)
            self._write({**entry, "failed": failed})

    def failures(self, case, role):
        return self._failures.get((case, role), [])

    def ran(self, case):
        return any(name == case for name, _ in (*self._runs, *self._failures))

    def values(self, case, role, key):
        """By run."""
        runs = self._runs.get((case, role), {})
        return {run: figures[key] for run, figures in runs.items() if key in figures}

    def median(self, case, role, key):
        values = self.values(case, role, key)
        return statistics.median(values.values()) if values else None

    def ratios(self, case, key, higher_is_better):
        """How many times better Headrace was, for each pair of runs that followed each other."""
        ours, theirs = self.values(case, "headrace", key), self.values(case, "peer", key)
        pairs = [(ours[run], theirs[run]) for run in ours if run in theirs]
        if not higher_is_better:
            pairs = [(b, a) for a, b in pairs]
        return [a / b for a, b in pairs if b > 0]

    def _write(self, line):
        if self._file:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
