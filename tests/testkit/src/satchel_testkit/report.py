"""What came out for each store, and the line that says it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

import pytest


@dataclass
class Outcome:
    """The tests of one store by what came of them; those skipped with the reason."""

    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def ran(self) -> bool:
        """Whether any test was more than skipped."""
        return bool(self.passed or self.failed)

    def line(self, spec: str) -> str:
        """One line for the user."""
        counts = f"{len(self.passed)} passed, {len(self.failed)} failed"
        reasons = "; ".join(sorted(set(self.skipped.values())))
        skipped = f"{len(self.skipped)} skipped" + (f" ({reasons})" if reasons else "")
        nothing = "" if self.ran else ": NOTHING WAS PROVED"
        return f"{spec} {counts}, {skipped}{nothing}"


class Report:
    """The outcome of every store that was named."""

    def __init__(self, specs: Iterable[str]) -> None:
        self._outcomes = {spec: Outcome() for spec in specs}

    @property
    def unproved(self) -> list[str]:
        """The stores of which nothing was tried."""
        return [spec for spec, outcome in self._outcomes.items() if not outcome.ran]

    def take(self, spec: str, report: pytest.TestReport) -> None:
        """Add what one phase of a test has come to."""
        outcome, test = self._outcomes[spec], report.nodeid.rpartition("::")[2]
        if report.failed:
            if test in outcome.passed:
                outcome.passed.remove(test)
            outcome.failed.append(test)
        elif report.skipped:
            outcome.skipped[test] = _reason(report)
        elif report.when == "call":
            outcome.passed.append(test)

    def lines(self) -> Iterator[str]:
        """One line a store."""
        for spec, outcome in self._outcomes.items():
            yield outcome.line(spec)

    def as_json(self) -> str:
        """All of it, for programs."""
        return json.dumps({spec: asdict(one) for spec, one in self._outcomes.items()}, indent=2)


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return "expected to fail"
