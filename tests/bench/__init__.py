"""Measurements, each against something that the same machine did in the same run."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import ClassVar

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Measurement:
    """How long two ways took; only their ratio means anything on another machine.

    ``at_most`` is the target: the largest ratio that is good enough.
    """

    subject: str
    seconds: float
    yardstick: str
    yardstick_seconds: float
    at_most: float | None = None

    @property
    def ratio(self) -> float:
        """How many times as long the subject took as the yardstick."""
        return self.seconds / self.yardstick_seconds

    @property
    def is_over(self) -> bool:
        """Whether the target was missed."""
        return self.at_most is not None and self.ratio > self.at_most

    def __str__(self) -> str:
        yardstick = f"{self.ratio:8.2f} x {self.yardstick} ({_time(self.yardstick_seconds)})"
        verdict = _verdict(self.is_over, self.at_most, "x")
        return f"{self.subject:44}{_time(self.seconds):>14}{yardstick}{verdict}"


@dataclass(frozen=True, slots=True)
class Growth:
    """By how many bytes a process grew at its largest; ``at_most`` is the target."""

    subject: str
    size: int
    at_most: int

    @property
    def is_over(self) -> bool:
        """Whether the target was missed."""
        return self.size > self.at_most

    def __str__(self) -> str:
        megabytes = self.size / MEGABYTE
        verdict = _verdict(self.is_over, self.at_most / MEGABYTE, "MB")
        return f"{self.subject:44}{megabytes:11.1f} MB more memory at its peak{verdict}"


@dataclass(frozen=True, slots=True)
class Spread:
    """How long one thing took each time, and how much of that went into a part of it."""

    subject: str
    seconds: Sequence[float]
    part: str
    part_seconds: Sequence[float]
    is_over: ClassVar[bool] = False

    def __str__(self) -> str:
        cuts = quantiles(self.seconds, n=20)
        share = sum(self.part_seconds) / sum(self.seconds)
        middle, slow = _time(cuts[9]), _time(cuts[18])
        return f"{self.subject:44}{middle:>14} p50, {slow} p95, {share:.0%} of it {self.part}"


@dataclass(frozen=True, slots=True)
class Latency:
    """How long each call took; ``at_most`` seconds is the target for 99 of 100, if there is one."""

    subject: str
    seconds: Sequence[float]
    at_most: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether the target was missed."""
        return self.at_most is not None and self._cuts[98] > self.at_most

    def __str__(self) -> str:
        middle, slow, slowest = (_time(self._cuts[at]) for at in (49, 94, 98))
        at_most = None if self.at_most is None else self.at_most * 1000
        verdict = _verdict(self.is_over, at_most, "ms")
        return f"{self.subject:44}{middle:>14} p50, {slow} p95, {slowest} p99{verdict}"

    @property
    def _cuts(self) -> Sequence[float]:
        return quantiles(self.seconds, n=100)


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.3f} ms" if seconds >= 0.001 else f"{seconds * 1e6:.2f} µs"


def _verdict(is_over: bool, at_most: float | None, unit: str) -> str:
    if at_most is None:
        return ""
    return f"; target ≤ {at_most:g} {unit}: {'over' if is_over else 'ok'}"
