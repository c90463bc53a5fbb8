"""The part of a file that a request asks for (RFC 9110, section 14)."""

import re
from dataclasses import dataclass

ONE_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})", re.ASCII)


class RangeNotSatisfiable(Exception):
    """The file has none of the bytes that were asked for."""

    def __init__(self, size: int) -> None:
        super().__init__(f"The file has only {size} bytes.")
        self.size = size


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``start`` to ``stop`` (not included)."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many bytes that is."""
        return self.stop - self.start

    def content_range(self, size: int) -> str:
        """The header that tells which bytes of how many these are."""
        return f"bytes {self.start}-{self.stop - 1}/{size}"


def parse_range(header: str, size: int) -> Span | None:
    """Return the one part that is asked for; ``None`` means the whole file.

    Several ranges, and whatever is not a range, are answered with the whole file, as the standard
    allows. ``RangeNotSatisfiable`` when the file has none of it.
    """
    match = ONE_RANGE.fullmatch(header)
    if match is None or not (match["first"] or match["last"]):
        return None
    if not match["first"]:
        return _last_bytes(int(match["last"]), size)
    first = int(match["first"])
    last = int(match["last"]) if match["last"] else size - 1
    if match["last"] and last < first:
        return None
    if first >= size:
        raise RangeNotSatisfiable(size)
    return Span(first, min(last, size - 1) + 1)


def _last_bytes(count: int, size: int) -> Span:
    if not count or not size:
        raise RangeNotSatisfiable(size)
    return Span(max(0, size - count), size)
