"""A recipient: somebody whom the user wrote to, or may want to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody whom the user wrote to; ``used`` is when last, in seconds since 1970."""

    name: str
    address: str
    used: float
    times: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody whom the user may mean.

    ``source`` is ``contacts``, ``recipients``, or the name of a directory.
    """

    name: str
    address: str
    source: str
