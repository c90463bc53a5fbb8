"""The limits of one owner."""

from dataclasses import dataclass

from satchel_hookspecs import QuotaExceeded, Usage


@dataclass(frozen=True, slots=True)
class Limits:
    """How many bytes, and how many attachments when ``count`` is set, may be kept at a time."""

    size: int
    count: int | None

    def allow(self, usage: Usage) -> bool:
        """Whether so much may be kept."""
        return usage.size <= self.size and (self.count is None or usage.count <= self.count)

    def refusal(self, usage: Usage) -> QuotaExceeded:
        """The error for so much."""
        if usage.size <= self.size and self.count is not None:
            return QuotaExceeded(self.size, f"Only {self.count} attachments may be kept at a time.")
        return QuotaExceeded(self.size)
