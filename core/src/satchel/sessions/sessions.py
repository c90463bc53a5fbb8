"""The sessions of an installation, on their way to the store and back."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from satchel.sessions.contents import Contents, Lifetimes, contents_from
from satchel.sessions.devices import Devices
from satchel.sessions.epochs import Epochs
from satchel.sessions.records import Records
from satchel.sessions.seal import KeyRing, Place, SealBroken
from satchel.sessions.tokens import as_letters, from_letters, is_token, key_of, new_token
from satchel_hookspecs import ABSENT, Conflict, SessionRecord, Version

KIND = "session"
_TICKET = "v."
_LONGEST_TICKET = 300
_EPOCH_SECONDS = 60.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """One state of a session; ``version`` is ``None`` until it is in the store.

    ``ttl`` are the seconds that the store would keep it; ``stale`` says that its seal is old.
    """

    token: str = field(repr=False)
    owner: str | None
    contents: Contents
    version: Version | None = None
    ttl: float = 0
    stale: bool = False

    @property
    def key(self) -> str:
        """The key in the store."""
        return key_of(self.token)


class Sessions:
    """All sessions, over the hooks of one store.

    ``by_owner`` is that capability of the store; ``carried`` names the values that a visitor takes
    along at sign-in; ``most`` is how many sessions an owner may have where they can be listed.
    """

    # Any: the relay, or whatever has the session hooks as async methods.
    def __init__(
        self,
        hooks: Any,
        records: Records,
        keyring: KeyRing,
        clock: Callable[[], float],
        lifetimes: Lifetimes,
        *,
        by_owner: bool = True,
        carried: Collection[str] = (),
        most: int = 100,
    ) -> None:
        self._hooks = hooks
        self._keyring = keyring
        self._clock = clock
        self.lifetimes = lifetimes
        self.carried = frozenset(carried)
        # Who is signed out elsewhere is found in the store's list and destroyed there, so the epoch
        # is what catches a session that the list missed, or that an outage kept alive.
        self.epochs = Epochs(records, lifetimes.longest, clock, _EPOCH_SECONDS if by_owner else 0)
        self.devices = Devices(hooks, records, lifetimes.longest, by_owner=by_owner, most=most)

    def fresh(self, seed: str = "") -> Kept:
        """Return a visitor's session that begins now; no store has it yet."""
        return Kept(new_token(), None, Contents(self._clock(), seed or new_token()))

    async def fresh_for(self, owner: str, keep: bool) -> Kept:
        """Return an owner's session that begins now; no store has it yet."""
        epochs = await self.epochs.begin(owner)
        return Kept(new_token(), owner, Contents(self._clock(), new_token(), keep, epochs))

    def ticket(self, seed: str) -> str:
        """Return the cookie of a visitor without a session; nothing is stored for it."""
        return _TICKET + as_letters(self._keyring.seal(seed, Place("visitor", "")))

    def seed(self, cookie: str) -> str | None:
        """Return the seed of a visitor's cookie, or ``None`` when it is not one of ours."""
        if not cookie.startswith(_TICKET) or len(cookie) > _LONGEST_TICKET:
            return None
        try:
            data = from_letters(cookie.removeprefix(_TICKET))
            return str(self._keyring.open(data, Place("visitor", "")).value)
        except (SealBroken, ValueError):
            return None

    async def find(self, cookie: str) -> Kept | None:
        """Return the live session of this cookie; whatever is wrong with it, ``None``."""
        if not is_token(cookie):
            return None
        record = await self._hooks.session_read(key=key_of(cookie))
        kept = self._unsealed(cookie, record)
        if kept is None or kept.contents.left(self.lifetimes, self._clock()) <= 0:
            return None
        if kept.owner and not await self.epochs.still_accept(kept.owner, kept.contents.epochs):
            return None
        return kept

    async def write(self, kept: Kept) -> Kept:
        """Keep this state in place of the one it names; ``Conflict`` has the other ``Kept``."""
        ttl = kept.contents.ttl(self.lifetimes, self._clock())
        data = self._keyring.seal(kept.contents.as_json(), _place(kept.token, kept.owner))
        try:
            version = await self._hooks.session_write(
                key=kept.key, data=data, expect=kept.version or ABSENT, ttl=ttl, owner=kept.owner
            )
        except Conflict as error:
            current = error.current if isinstance(error.current, SessionRecord) else None
            if kept.version is None and current is not None:
                await self._confirm(kept)
            raise Conflict(self._unsealed(kept.token, current)) from error
        if kept.version is None:
            await self._confirm(kept)
            await self._hooks.session_created(key=kept.key, owner=kept.owner)
        return Kept(kept.token, kept.owner, kept.contents, version, ttl)

    def is_due(self, kept: Kept) -> bool:
        """Whether half the idle time is over and touching would help."""
        ttl = kept.contents.ttl(self.lifetimes, self._clock())
        return kept.ttl < kept.contents.idle(self.lifetimes) / 2 and ttl > kept.ttl

    async def touch(self, kept: Kept) -> Kept:
        """Let the session live for another idle time; one that is gone stays gone."""
        ttl = kept.contents.ttl(self.lifetimes, self._clock())
        await self._hooks.session_touch(key=kept.key, ttl=ttl)
        return replace(kept, ttl=ttl)

    async def end(self, kept: Kept, reason: str) -> None:
        """End the session for good; ending one that is not stored, or twice, is no error."""
        if kept.version is not None and await self._hooks.session_destroy(key=kept.key):
            await self._hooks.session_destroyed(key=kept.key, owner=kept.owner, reason=reason)

    async def end_all(self, owner: str) -> None:
        """End every session of this owner, on all devices."""
        await self.epochs.change(owner, new_token())
        await self.devices.end_others(owner, "")

    async def _confirm(self, kept: Kept) -> None:
        """End a session that was just created if its owner was signed out everywhere meanwhile.

        Whoever signs the owner out changes the epoch before looking at the list: this session was
        in the list, or it sees the new epoch here. Until then no browser knows its token.
        """
        if kept.owner and not await self.epochs.accept(kept.owner, kept.contents.epochs):
            await self._hooks.session_destroy(key=kept.key)
            raise Conflict(None, "The owner was signed out everywhere meanwhile.")

    def _unsealed(self, token: str, record: SessionRecord | None) -> Kept | None:
        if record is None:
            return None
        try:
            opened = self._keyring.open(record.data, _place(token, record.owner))
            contents = contents_from(opened.value)
        except (SealBroken, ValueError):
            logger.warning("The session %s... could not be opened.", key_of(token)[:12])
            return None
        return Kept(token, record.owner, contents, record.version, record.ttl, opened.stale)


def _place(token: str, owner: str | None) -> Place:
    return Place(KIND, key_of(token), owner, token)
