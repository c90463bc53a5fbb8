"""Measurements, each against something that the same machine did in the same run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """How long two ways took; only their ratio means anything on another machine."""

    subject: str
    seconds: float
    yardstick: str
    yardstick_seconds: float

    @property
    def ratio(self) -> float:
        """How many times as long the subject took as the yardstick."""
        return self.seconds / self.yardstick_seconds
