"""What a look into a cell shows."""

from typing import NamedTuple


class Seen(NamedTuple):
    """The bytes in a cell, ``None`` when there are none, and a token that names this state."""

    raw: bytes | None
    token: object


class Token(NamedTuple):
    """What ``cas`` compares, and the connection that gave it.

    A host that was restarted counts its tokens from the beginning, so that one of before may name
    another state by now.
    """

    life: int
    number: bytes


NOTHING = Seen(None, None)
