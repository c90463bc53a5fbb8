"""Stores that keep everything in this process: the contract in a screenful, for tests."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, replace

from satchel_hookspecs.attachment_store import AttachmentStore, Token
from satchel_hookspecs.attachments import Place
from satchel_hookspecs.plugin import PluginContext
from satchel_hookspecs.session_store import SessionStore
from satchel_hookspecs.sessions import SessionInfo, SessionRecord, Version


@dataclass(frozen=True, slots=True)
class _Session:
    data: bytes
    version: Version
    owner: str | None
    created: float
    expires: float


class MemorySessions(SessionStore):
    """Sessions in a dictionary."""

    def __init__(self, config: object, ctx: PluginContext) -> None:
        super().__init__(config, ctx)
        self._kept: dict[str, _Session] = {}

    def _live(self, key: str) -> _Session | None:
        found = self._kept.get(key)
        return found if found and found.expires > self.ctx.clock() else None

    async def _read(self, key: str) -> SessionRecord | None:
        found = self._live(key)
        if found is None:
            return None
        ttl = found.expires - self.ctx.clock()
        return SessionRecord(found.data, found.version, found.owner, ttl)

    async def _create(
        self, key: str, data: bytes, version: Version, ttl: int, owner: str | None
    ) -> bool:
        if self._live(key):
            return False
        now = self.ctx.clock()
        self._kept[key] = _Session(data, version, owner, now, now + ttl)
        return True

    async def _replace(
        self, key: str, data: bytes, version: Version, expect: Version, ttl: int, owner: str | None
    ) -> bool:
        found = self._live(key)
        if found is None or found.version != expect:
            return False
        self._kept[key] = _Session(data, version, owner, found.created, self.ctx.clock() + ttl)
        return True

    async def _extend(self, key: str, ttl: int) -> bool:
        found = self._live(key)
        if found is None:
            return False
        self._kept[key] = replace(found, expires=self.ctx.clock() + ttl)
        return True

    async def _drop(self, key: str) -> bool:
        lived = self._live(key) is not None
        self._kept.pop(key, None)
        return lived

    async def _owned(self, owner: str) -> Sequence[SessionInfo]:
        now = self.ctx.clock()
        live = [(s.created, key, s) for key, s in self._kept.items() if s.expires > now]
        return [
            SessionInfo(key, at, s.expires - now)
            for at, key, s in sorted(live, key=lambda one: one[:2])
            if s.owner == owner
        ]

    async def _sweep(self, limit: int) -> int:
        now = self.ctx.clock()
        over = [key for key, session in self._kept.items() if session.expires <= now][:limit]
        for key in over:
            del self._kept[key]
        return len(over)


@dataclass(frozen=True, slots=True)
class _Piece:
    frames: dict[int, bytes]
    written: float


class MemoryAttachments(AttachmentStore):
    """Attachments in dictionaries."""

    def __init__(self, config: object, ctx: PluginContext) -> None:
        super().__init__(config, ctx)
        self._documents: dict[Place, bytes] = {}
        self._kept: dict[tuple[Place, str], _Piece] = {}

    async def _write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        kept = {index: frame async for index, frame in frames}
        self._kept[place, piece] = _Piece(kept, self.ctx.clock())

    async def _read(
        self, place: Place, piece: str, first: int, stop: int
    ) -> AsyncGenerator[bytes, None]:
        kept = self._kept.get((place, piece), _Piece({}, 0)).frames
        for index in range(first, stop):
            if index in kept:
                yield kept[index]

    async def _drop(self, place: Place, piece: str) -> None:
        self._kept.pop((place, piece), None)

    async def _load(self, place: Place) -> tuple[bytes | None, Token]:
        document = self._documents.get(place)
        return document, document

    async def _store(self, place: Place, document: bytes | None, token: Token) -> bool:
        if self._documents.get(place) != token:
            return False
        if document is None:
            self._documents.pop(place, None)
        else:
            self._documents[place] = document
        return True

    async def _places(self, owner: str | None) -> AsyncGenerator[Place, None]:
        places = {*self._documents, *(place for place, _ in self._kept)}
        for place in sorted(places, key=lambda one: (one.owner, one.group)):
            if owner is None or place.owner == owner:
                yield place

    async def _pieces(self, place: Place) -> Sequence[tuple[str, float]]:
        now = self.ctx.clock()
        return [
            (name, now - kept.written) for (at, name), kept in self._kept.items() if at == place
        ]
