"""The session of one request: who it is, what is kept for them, and how that is saved."""

import asyncio
import logging
from dataclasses import replace

from satchel.sessions.cookies import Cookie
from satchel.sessions.devices import DeviceList
from satchel.sessions.sessions import Kept, Sessions
from satchel.sessions.tokens import csrf_of, is_equal, new_token
from satchel.sessions.tracked import TrackedValues
from satchel_hookspecs import Conflict, Unavailable

ATTEMPTS = 100

logger = logging.getLogger(__name__)


class Session(TrackedValues):
    """Values of one visitor, or of one signed-in owner, under names.

    Only what a request set, removed or edited is saved, over whatever other requests saved
    meanwhile; ``satchel.sessions.merge`` says how.
    """

    def __init__(self, sessions: Sessions, kept: Kept, cookie: str, label: str) -> None:
        super().__init__(kept.contents.values)
        self._sessions = sessions
        self._kept = kept
        self._sent = cookie
        self._ticket = "" if kept.version else cookie
        self._label = label
        self._is_deleted = False
        self._saving = asyncio.Lock()

    @classmethod
    async def open(cls, sessions: Sessions, cookie: str, label: str = "") -> "Session":
        """Return the session of this cookie; a cookie that is not ours makes a new visitor.

        ``label`` is what the browser says of itself, for the list of devices. A dead cookie is not
        deleted: a late request must not take away the cookie of a sign-in that just happened.
        """
        seed = sessions.seed(cookie)
        if seed:
            return cls(sessions, sessions.fresh(seed=seed), cookie, label)
        kept = await sessions.find(cookie)
        if kept:
            return cls(sessions, kept, cookie, label)
        return cls(sessions, sessions.fresh(), "", label)

    @property
    def owner(self) -> str | None:
        """Whose session it is; ``None`` for a visitor."""
        return self._kept.owner

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody has signed in."""
        return self._kept.owner is not None

    @property
    def created(self) -> float:
        """When the session began, in seconds since 1970."""
        return self._kept.contents.created

    @property
    def csrf_token(self) -> str:
        """The token that forms carry; a visitor gets a cookie for it, but nothing is stored."""
        if self._kept.version is None and not self._ticket:
            self._ticket = self._sessions.ticket(self._kept.contents.seed)
        return csrf_of(self._kept.contents.seed)

    def check_csrf(self, value: str) -> bool:
        """Whether the value is the CSRF token of this session."""
        return is_equal(csrf_of(self._kept.contents.seed), value)

    @property
    def cookie(self) -> Cookie | None:
        """What the browser has to be told now; ``None`` when it knows already."""
        value = self._kept.token if self._kept.version else self._ticket
        if not value:
            return Cookie("", 0) if self._is_deleted else None
        if value == self._sent:
            return None
        return Cookie(value, self._sessions.lifetimes.kept if self._kept.contents.keep else None)

    async def sign_in(self, owner: str, keep: bool = False) -> None:
        """Begin a new session for this owner and end the one before it; ``save`` stores it.

        Of a visitor's values only those are kept that the installation carries over. ``keep`` lets
        the session outlive the browser.
        """
        if not owner:
            raise ValueError("A session needs an owner to sign in.")
        kept = await self._sessions.fresh_for(owner, keep)
        await self._sessions.end(self._kept, "renewed")
        carried = {name: self[name] for name in self if name in self._sessions.carried}
        self._begin(kept)
        self.update(carried)

    async def sign_out(self) -> None:
        """End the session for good, whatever a late request may save, and forget the values."""
        await self._sessions.end(self._kept, "sign_out")
        self._forget()

    async def sign_out_others(self) -> None:
        """End all other sessions of this owner; this one carries on."""
        owner, epoch = self._kept.owner, new_token()
        if owner is None:
            raise ValueError("Nobody is signed in, so nobody can be signed out elsewhere.")
        async with self._saving:
            # This session learns the new epoch before it begins, so that at no moment it has ended.
            if await self._write(epoch):
                await self._sessions.epochs.change(owner, epoch)
                await self._sessions.devices.end_others(owner, self._kept.key)

    async def sign_out_device(self, id: str) -> bool:
        """End one of the owner's other sessions; false when it is none of theirs, or this one."""
        if self._kept.owner is None or id == self._kept.key:
            return False
        return await self._sessions.devices.end(self._kept.owner, id)

    async def devices(self) -> DeviceList:
        """Return where this owner is signed in; unknown where the store cannot list sessions."""
        if self._kept.owner is None:
            return DeviceList()
        return await self._sessions.devices.of(self._kept.owner, self._kept.key)

    @property
    def is_unsaved(self) -> bool:
        """Whether ``save`` has anything to do, or to wait for."""
        return self._saving.locked() or self._has_news or self._is_due

    async def save(self) -> bool:
        """Store what was changed; nothing is written when nothing was, and nobody signed in.

        False when the session was ended meanwhile: then the changes are dropped, the visitor is a
        new one, and the cookie is deleted. Look up nested values again afterwards: another
        request's changes may have come into them.
        """
        async with self._saving:
            if self._has_news or (self._is_due and self._kept.stale):
                return await self._write()
            return not self._is_due or await self._touch()

    @property
    def _has_news(self) -> bool:
        return self.is_changed or (self._kept.version is None and self.is_signed_in)

    @property
    def _is_due(self) -> bool:
        return self._kept.version is not None and self._sessions.is_due(self._kept)

    async def _write(self, epoch: str = "") -> bool:
        if self._kept.version is None and self._kept.owner:
            await self._sessions.devices.add(self._kept.owner, self._kept.key, self._label)
        for _ in range(ATTEMPTS):
            contents = self._kept.contents.learn(epoch)
            state = replace(self._kept, contents=replace(contents, values=self.snapshot()))
            try:
                self._kept = await self._sessions.write(state)
            except Conflict as conflict:
                if not isinstance(conflict.current, Kept):
                    self._forget()
                    return False
                self._kept = conflict.current
                self.rebase(conflict.current.contents.values)
            else:
                self.settle(self._kept.contents.values)
                return True
        raise Unavailable("Too many other requests change this session at the moment.")

    async def _touch(self) -> bool:
        try:
            self._kept = await self._sessions.touch(self._kept)
        except Unavailable as error:
            # The answer is ready and nothing is lost but some time to live.
            logger.warning("A session could not be touched: %s", error)
        return True

    def _begin(self, kept: Kept) -> None:
        self._kept = kept
        self._ticket = ""
        self.restart(kept.contents.values)

    def _forget(self) -> None:
        self._is_deleted = self._sent != ""
        self._begin(self._sessions.fresh())
