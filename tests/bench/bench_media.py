"""A file of 25 MB in each store that has media of its own, against the slower of these alone.

The media are as in ``bare_media``, and a database is its driver, as in ``bench_attachments``.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from functools import partial
from statistics import median

from satchel_attachments_database import DatabaseAttachments
from satchel_attachments_filesystem import FilesystemAttachments
from satchel_hookspecs import BLOCK, AttachmentStore, Block
from satchel_memcache import Memcache, MemcacheConfig
from tests.bench import Measurement, bare_frames
from tests.bench.bare_media import Ground, Pair, bare_folder, bare_memcached
from tests.bench.bench_attachments import COUNT, GROUP, OWNER, ROUNDS, Work, load, seconds, store
from tests.bench.databases import open_dsn
from tests.databases.nodes import make_context
from tests.redundant.node import make_node
from tests.servers.folder import open_server_folder
from tests.servers.memcached import Memcached

TARGET = 1 / 0.6
ROOM = "512"


def measure() -> Iterator[Measurement]:
    """Store and load in turns."""
    with ExitStack() as stack:
        folders = [stack.enter_context(open_server_folder("memcached")) for _ in range(2)]
        hosts = [stack.enter_context(Memcached(folder, "-m", ROOM)) for folder in folders]
        dsn = stack.enter_context(open_dsn("postgresql"))
        blocks = [Block.of(index, os.urandom(BLOCK)) for index in range(COUNT)]
        ground = Ground(stack.enter_context(open_server_folder("files")), hosts, dsn, blocks)
        yield from asyncio.run(compare(ground))


async def compare(ground: Ground) -> list[Measurement]:
    """Each store in turns with its media; the slower one of those is its yardstick."""
    results = []
    async with (
        open_stores(ground) as stores,
        bare_folder(ground) as folder,
        bare_memcached(ground) as memcached,
        bare_frames.open_frames(ground.dsn) as frames,
    ):
        contents = [block.data for block in ground.blocks]
        digests = [block.digest for block in ground.blocks]
        database = Pair(
            lambda name: bare_frames.store(frames, name, contents),
            lambda name: bare_frames.load(frames, name, digests),
        )
        media = {"folder": folder, "memcached": memcached, "database": database}
        for title, (ours, names) in stores.items():
            await ours.attachments_touch(OWNER, GROUP, 86400)
            mine = Pair(partial(store, ours, blocks=ground.blocks), partial(load, ours))
            pairs = {"": mine, **{name: media[name] for name in names}}
            results += await _in_turns(title, pairs)
    return results


async def _in_turns(title: str, pairs: dict[str, Pair]) -> list[Measurement]:
    took: dict[tuple[str, str], list[float]] = {}
    for number in range(ROUNDS + 1):
        for (name, pair), work in ((each, work) for each in pairs.items() for work in WORKS):
            way: Work = getattr(pair, work)
            took.setdefault((name, work), []).append(await seconds(way, f"{title} {number}"))
    # The first of all opens connections and makes files grow, and is not counted.
    middle = {each: median(found[1:]) for each, found in took.items()}
    results = []
    for work in WORKS:
        slowest, medium = max((middle[name, work], name) for name in pairs if name)
        subject, yardstick = f"{title}: {work} 25 MB", f"the {medium} alone"
        results.append(Measurement(subject, middle["", work], yardstick, slowest, TARGET))
    return results


WORKS = ("store", "load")
Stores = dict[str, tuple[AttachmentStore, Sequence[str]]]


@asynccontextmanager
async def open_stores(ground: Ground) -> AsyncIterator[Stores]:
    """Every store, and the names of its media."""
    async with AsyncExitStack() as stack:
        here = make_context("filesystem")
        files = FilesystemAttachments(FilesystemAttachments.Config(ground.folder / "files"), here)
        await stack.enter_async_context(files.plugin_lifespan(here))
        addresses = [host.address for host in ground.hosts]
        cached = await stack.enter_async_context(open_cached(addresses))
        node = make_node(ground.folder / "redundant", ground.dsn, addresses)
        yield {
            "filesystem": (files, ("folder",)),
            "database in memcached": (cached, ("memcached",)),
            "redundant": (await stack.enter_async_context(node), ("folder", "database")),
        }


@asynccontextmanager
async def open_cached(addresses: Sequence[str]) -> AsyncIterator[DatabaseAttachments]:
    """The store whose table is in memcached."""
    ctx = make_context("memcache")
    memcache = Memcache(MemcacheConfig(tuple(addresses)), ctx)
    using = make_context("database", {"memcache": memcache})
    cached = DatabaseAttachments(DatabaseAttachments.Config(cache="memcache"), using)
    async with memcache.plugin_lifespan(ctx), cached.plugin_lifespan(using):
        yield cached
