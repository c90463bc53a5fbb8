"""A cell: a place that keeps one value a key, changed by compare-and-swap alone."""

from collections.abc import Awaitable
from typing import Protocol

from satchel_memcache.seen import Seen


class Cell(Protocol):
    """What a register stands on. Every method may raise ``Unavailable`` or another ``StoreError``.

    ``limit`` is how many bytes a value may have, ``None`` when nothing is known of a limit.
    """

    @property
    def name(self) -> str: ...

    @property
    def limit(self) -> int | None: ...

    def look(self, key: str) -> Awaitable[Seen]:
        """Show what is kept under the key, with a token that names this state."""

    def add(self, key: str, raw: bytes, keep: float) -> Awaitable[bool]:
        """Keep the bytes, until ``keep`` at least; false when something is there."""

    def cas(self, key: str, raw: bytes, token: object, keep: float) -> Awaitable[bool]:
        """Replace the state that the token names; false when it is another, or gone."""

    def recalls(self) -> Awaitable[bool]:
        """Whether it would know of every value, so that its word alone proves an absence."""

    def distrust(self) -> None:
        """What was shown belongs to another key: ask over a new connection from now on."""
