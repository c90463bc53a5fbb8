"""How the test kit makes this store over memcached hosts, and gets at its blocks there."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from hashlib import sha256
from typing import ClassVar

from satchel_attachments_database.cached_documents import CachedDocuments
from satchel_attachments_database.store import DatabaseAttachments
from satchel_memcache import Copies, Memcache
from satchel_memcache.frames import TAG, Frames
from satchel_memcache.piece_index import PieceIndex
from satchel_testkit.harness import Change, Harness
from satchel_testkit.options import Options
from satchel_testkit.relay import Hooks

HOUR = 3600


class CachedHarness(Harness):
    """Hosts that run already, given as ``memcache_hosts``: a medium is the keys under a prefix.

    What a host does that is down or hangs is tested beside the kit, where it can be waited for.
    """

    can: ClassVar[frozenset[str]] = Harness.can | {"damage", "wipe"}

    def settings(self) -> Options:
        return {
            "memcache_prefix": sha256(str(self.folder).encode()).hexdigest()[:16],
            "memcache_timeout": 2.0,
            "memcache": {"block_timeout": 5.0},
            "attachments_database": {"cache": "memcache"},
        }

    def damage(self, change: Change) -> None:
        # In a loop of its own, since the test's is busy calling this.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._damage(change)).result()

    def wipe(self) -> None:
        self.damage(lambda number, frame: None)

    async def _damage(self, change: Change) -> None:
        async with self.make(Hooks()) as store:
            assert isinstance(store, DatabaseAttachments)
            memcache = Memcache.of(store.ctx)
            blocks = _Blocks(memcache.copies(), Frames(memcache.key, memcache.ctx.keys))
            index = PieceIndex(memcache.register(), memcache.key)
            assert isinstance(store._documents, CachedDocuments)
            async with aclosing(store._documents.places(None)) as places:
                async for place in places:
                    for piece, kept in (await index.read(place)).items():
                        for number in range(kept.first, kept.stop):
                            await blocks.change(piece, number, change)


class _Blocks:
    """The copies of a frame, changed alike on all hosts, under a tag that is right."""

    def __init__(self, copies: Copies, frames: Frames) -> None:
        self._copies = copies
        self._frames = frames

    async def change(self, piece: str, number: int, change: Change) -> None:
        key = self._frames.key(piece, number)
        hosts = self._copies.hosts_of(key)
        raw = (await hosts[0].look(key)).raw
        if raw is None:
            return
        frame = change(number, raw[TAG:])
        for host in hosts:
            if frame is None:
                await host.delete([key])
            else:
                await host.set([self._frames.close(piece, number, (frame,))], HOUR)
