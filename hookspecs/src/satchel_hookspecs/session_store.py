"""The session store: the hooks of session I/O on seven primitives."""

import random
from collections.abc import Sequence
from typing import ClassVar

from satchel_hookspecs.attachments import GcReport
from satchel_hookspecs.errors import Conflict
from satchel_hookspecs.markers import hookimpl
from satchel_hookspecs.plugin import PluginContext
from satchel_hookspecs.sessions import Absent, Expect, SessionInfo, SessionRecord, Version


class SessionStore:
    """Extend it and write the primitives, which say what they must do."""

    capabilities: ClassVar[frozenset[str]] = frozenset({"by_owner"})

    def __init__(self, config: object, ctx: PluginContext) -> None:
        self.config = config
        self.ctx = ctx

    # The primitives

    async def _read(self, key: str) -> SessionRecord | None:
        """Return the live record, or ``None``."""
        raise NotImplementedError

    async def _create(
        self, key: str, data: bytes, version: Version, ttl: int, owner: str | None
    ) -> bool:
        """Keep a new record; false when there is one."""
        raise NotImplementedError

    async def _replace(
        self, key: str, data: bytes, version: Version, expect: Version, ttl: int, owner: str | None
    ) -> bool:
        """Replace the live record in state ``expect``; false when there is none such."""
        raise NotImplementedError

    async def _extend(self, key: str, ttl: int) -> bool:
        """Let the live record end ``ttl`` seconds from now; false when there is none."""
        raise NotImplementedError

    async def _drop(self, key: str) -> bool:
        """Delete the record; false when there was no live one."""
        raise NotImplementedError

    async def _owned(self, owner: str) -> Sequence[SessionInfo]:
        """List the owner's live records, oldest first."""
        raise NotImplementedError

    async def _sweep(self, limit: int) -> int:
        """Delete at most ``limit`` records whose time is over, and count them."""
        raise NotImplementedError

    # The hooks

    @hookimpl
    async def session_read(self, key: str) -> SessionRecord | None:
        return await self._read(key)

    @hookimpl
    async def session_write(
        self, key: str, data: bytes, expect: Expect, ttl: int, owner: str | None
    ) -> Version:
        # Unique, not secret: asking the kernel for chance takes as long as the whole write.
        version = Version(f"{random.getrandbits(64):016x}")
        if isinstance(expect, Absent):
            kept = await self._create(key, data, version, ttl, owner)
        else:
            kept = await self._replace(key, data, version, expect, ttl, owner)
        if not kept:
            raise Conflict(await self._read(key), "The session was changed meanwhile.")
        return version

    @hookimpl
    async def session_touch(self, key: str, ttl: int) -> bool:
        return await self._extend(key, ttl)

    @hookimpl
    async def session_destroy(self, key: str) -> bool:
        return await self._drop(key)

    @hookimpl
    async def session_list(self, owner: str) -> Sequence[SessionInfo]:
        return await self._owned(owner)

    @hookimpl
    async def session_gc(self, limit: int) -> GcReport:
        removed = await self._sweep(limit)
        return GcReport(removed, removed >= limit)
