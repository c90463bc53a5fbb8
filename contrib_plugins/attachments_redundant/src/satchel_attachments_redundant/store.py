"""The redundant store: local files and the database, with memcached in the database's place."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import cached_property, partial
from typing import ClassVar

from satchel_attachments_database.store import MIGRATIONS
from satchel_attachments_filesystem import FilesystemAttachments
from satchel_attachments_redundant.condition import look_at
from satchel_attachments_redundant.files import Files
from satchel_attachments_redundant.fork import Fork
from satchel_attachments_redundant.journal import Journal, Record
from satchel_attachments_redundant.ledger import Ledger
from satchel_attachments_redundant.media import Media
from satchel_attachments_redundant.recovery import Recovery
from satchel_attachments_redundant.sweep import Sweep
from satchel_database import Database
from satchel_hookspecs import (
    GcReport,
    Health,
    Place,
    PluginContext,
    StoreError,
    Unavailable,
    hookimpl,
    settled,
)
from satchel_hookspecs.group import Group
from satchel_memcache import Swap, Value
from satchel_memcache.frames import LARGEST

log = logging.getLogger(__name__)


class RedundantAttachments(FilesystemAttachments):
    """Every piece twice before success is told; every list in the database and on two hosts.

    Extend it and override any hook or primitive; the rest goes on to keep the contract.
    """

    requires: ClassVar[tuple[str, ...]] = ("database", "memcache")

    def __init__(self, config: FilesystemAttachments.Config, ctx: PluginContext) -> None:
        super().__init__(config, ctx)
        self._journal = Journal(config.temp_dir / "attachments_journal")
        self._unlisted = set[str]()  # what the database lacks, and no list names yet

    def medium(self) -> str | None:
        """None that has to be shared: what a node's own folder lacks is read from the database."""
        return None

    @cached_property
    def _media(self) -> Media:
        return Media.of(self.ctx, Files(self, self._folder, self._run), self.grace)

    @cached_property
    def _recovery(self) -> Recovery:
        return Recovery(self._media, self._journal, self._run)

    @cached_property
    def _sweep(self) -> Sweep:
        return Sweep(self._media, self._recovery)

    @asynccontextmanager
    async def _running(self) -> AsyncGenerator[None, None]:
        self._media.memcache.expect_room(LARGEST)  # now, and not in the first outage
        async with super()._running():
            await Database.of(self.ctx).migrate("attachments_database", MIGRATIONS)
            await self._run(self._journal.prepare)
            keeping_up = asyncio.create_task(self._recovery.keep_up())
            try:
                yield
            finally:
                keeping_up.cancel()
                await asyncio.wait({keeping_up})

    @hookimpl
    async def plugin_health(self) -> Health:
        health = await super().plugin_health()
        if health.state != "ok":
            return health
        return await look_at(self._journal, self._media.gate, self._run) or health

    @hookimpl
    async def attachment_gc(self, limit: int) -> GcReport:
        """As the contract says; brings the copies up to date before, and looks at them after."""
        await self._recovery.once()
        await self._run(partial(self._journal.sweep, self.ctx.clock() - self.grace))
        refs = await self._sweep.end_over(limit, self._drop)
        strays, more = await self._sweep.look_through(limit - len(refs), self._drop_strays)
        local = await super().attachment_gc(max(1, limit - len(refs) - strays))
        removed = len(refs) + strays + local.removed
        return GcReport(removed, more or local.more or len(refs) >= limit, refs)

    async def _write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        fork = Fork(frames)
        second = asyncio.create_task(self._media.rows.write(place, piece, fork.second()))
        second.add_done_callback(fork.leave)
        try:
            await self._media.files.write(place, piece, fork.first())
            await self._prove(place, piece, fork.start, fork.stop)
            try:
                await second
            except Unavailable as error:
                log.info("Memcached takes a piece in the database's place: %s", error)
                await self._write_standby(place, piece, fork.start, fork.stop)
        except BaseException:
            await settled(self._give_up(second, place, piece))
            raise

    async def _prove(self, place: Place, piece: str, first: int, stop: int) -> None:
        """Read the local copy back; ``ChecksumMismatch`` when it is not what was written."""
        async with aclosing(self._media.copies.local(place, piece, first, stop)) as frames:
            async for _ in frames:
                pass

    async def _give_up(self, second: asyncio.Task[None], place: Place, piece: str) -> None:
        second.cancel()
        await asyncio.wait({second})
        if not second.cancelled():
            second.exception()
        await self._drop(place, piece)

    async def _write_standby(self, place: Place, piece: str, first: int, stop: int) -> None:
        async with aclosing(self._media.copies.local(place, piece, first, stop)) as frames:
            await self._media.standby.write(place, piece, frames, self._needed)
        await self._note(Record(place))
        self._unlisted.add(piece)

    async def _needed(self, place: Place) -> float:
        listed = await self._media.mirror.read(place)
        return 0.0 if listed is None else listed.expires

    def _read(self, place: Place, piece: str, first: int, stop: int) -> AsyncGenerator[bytes, None]:
        return self._media.copies.read(place, piece, first, stop)

    async def _drop(self, place: Place, piece: str) -> None:
        """Delete a piece everywhere; where that cannot be now, it is done later."""
        self._unlisted.discard(piece)
        try:
            await self._media.files.drop(place, piece)
        except StoreError as error:
            log.info("A piece that nobody needs is left to the sweep: %s", error)
        await self._media.standby.drop(place, piece)
        try:
            await self._media.rows.drop(place, piece)
        except StoreError:
            await self._note(Record(place, dropped=piece))

    async def _load(self, place: Place) -> tuple[bytes | None, object]:
        value = await self._media.mirror.read(place)
        if value is None:
            return None, None
        return Ledger.from_bytes(value.body).group.to_bytes(), value

    async def _store(self, place: Place, document: bytes | None, token: object) -> bool:
        before = token if isinstance(token, Value) else None
        if document is None:
            after = None
        else:
            group = Group.from_bytes(document)
            await self._media.standby.extend(place, group)
            after = Value(Ledger(group).to_bytes(), group.expires)
            if before is None or before.expires < group.expires:
                await self._media.owners.add(place, group.expires)
        return await self._swap(place, before, after)

    async def _swap(self, place: Place, before: Value | None, after: Value | None) -> bool:
        swap = Swap(before, after)
        _, reached = await self._media.mirror.change(place, swap)
        if swap.done and after is not None and (self._unlisted or not reached):
            ledger = Ledger.from_bytes(after.body)
            lacking = self._unlisted & ledger.group.pieces  # its record may be replayed already
            if lacking or not reached:
                await self._note(Record(place, ledger))
                self._unlisted -= lacking
        return swap.done

    async def _places(self, owner: str | None) -> AsyncGenerator[Place, None]:
        if owner is not None:
            for group in await self._media.owners.groups(owner):
                yield Place(owner, group)
            return
        async for place in super()._places(None):
            yield place

    async def _pieces(self, place: Place) -> Sequence[tuple[str, float]]:
        ages = dict(await self._media.pieces.list(place))
        for name, age in (*await super()._pieces(place), *await self._media.standby.list(place)):
            ages[name] = min(age, ages.get(name, age))
        return list(ages.items())

    async def _drop_strays(self, place: Place) -> int:
        dropped = await super()._drop_strays(place)
        await self._recovery.complete(place)
        return dropped

    async def _note(self, record: Record) -> None:
        await self._run(partial(self._journal.write, record), durable=True)
