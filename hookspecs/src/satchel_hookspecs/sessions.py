"""Session I/O: what a session store keeps, and the hooks it keeps it through."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NewType, Protocol

from satchel_hookspecs.attachments import GcReport
from satchel_hookspecs.markers import hookspec

Version = NewType("Version", str)
"""Names one state of a session; compared for equality only."""


class Absent(Enum):
    """The state of a session that does not exist yet."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
Expect = Version | Absent


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session as it is kept: sealed bytes, whose they are, and ``ttl`` seconds left to live."""

    data: bytes
    version: Version
    owner: str | None
    ttl: float


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One line of an owner's list of devices; ``created`` is in seconds since 1970, UTC."""

    key: str
    created: float
    ttl: float


class PlatformSession(Protocol):
    """A session that the platform keeps; satchel only looks into it."""

    @property
    def values(self) -> MutableMapping[str, Any]:  # Any: the platform's own values
        """What the platform keeps for this browser, as it is now."""
        raise NotImplementedError

    async def renew(self) -> None:
        """Go on with the same values under another id; the old one finds nothing any more."""

    async def destroy(self) -> None:
        """Forget all values."""

    async def save(self, response: object) -> Sequence[str]:
        """Keep what was changed before this answer begins, and return its ``Set-Cookie`` lines.

        A platform that saves by itself returns none. With an answer with which it would not save
        what was changed it raises, so that nothing is lost in silence.
        """
        raise NotImplementedError


class SessionSpecs:
    """The hooks of session I/O. ``key`` is 64 hexadecimal digits, data is opaque."""

    @hookspec("store")
    async def session_read(self, key: str) -> SessionRecord | None:
        """Return the record, or ``None`` when there is none or its time is over.

        Never extends the time to live. A store that cannot look raises ``Unavailable``.
        """
        raise NotImplementedError

    @hookspec("store")
    async def session_write(
        self, key: str, data: bytes, expect: Expect, ttl: int, owner: str | None
    ) -> Version:
        """Replace the state named ``expect`` by ``data`` in one step, and name the new one.

        ``ABSENT`` creates. A ``Version`` never creates: when the record is gone the answer is
        ``Conflict(None)``, so that a late request cannot revive a session that was destroyed.
        Any other state is ``Conflict(current)``. ``ttl`` is in seconds.
        """
        raise NotImplementedError

    @hookspec("store")
    async def session_touch(self, key: str, ttl: int) -> bool:
        """Let the record live ``ttl`` seconds from now; false when there is none."""
        raise NotImplementedError

    @hookspec("store")
    async def session_destroy(self, key: str) -> bool:
        """End the record for good; false when there was none. Twice is no error."""
        raise NotImplementedError

    @hookspec("store")
    async def session_list(self, owner: str) -> Sequence[SessionInfo]:
        """List the owner's live sessions, oldest first (capability ``by_owner``)."""
        raise NotImplementedError

    @hookspec("store")
    async def session_gc(self, limit: int) -> GcReport:
        """Delete at most ``limit`` records whose time is over; safe on many nodes at once."""
        raise NotImplementedError

    @hookspec("store")
    async def session_platform(self, request: object) -> PlatformSession:
        """Return the platform's own session of this request (capability ``platform``).

        What the platform cannot promise stands in the store's attribute ``cannot``: sentences for
        the operator, which ``satchel doctor`` shows.
        """
        raise NotImplementedError

    @hookspec("event")
    async def session_created(self, key: str, owner: str | None) -> None:
        """A session was created and committed."""

    @hookspec("event")
    async def session_destroyed(self, key: str, owner: str | None, reason: str) -> None:
        """A session was ended: ``sign_out``, ``renewed``, ``expired`` or ``revoked``."""
