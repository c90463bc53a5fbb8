"""A file of 25 MB in each store that has media of its own, against the slower of these alone.

The media are as in ``bare_media``, and a database is its driver, as in ``bench_attachments``. At
last one of two memcached hosts hangs.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from functools import partial
from statistics import median

from satchel_attachments_database import DatabaseAttachments
from satchel_attachments_filesystem import FilesystemAttachments
from satchel_hookspecs import BLOCK, AttachmentStore, Block, Purpose, Ref, UploadRequest
from satchel_memcache import Memcache, MemcacheConfig
from tests.bench import Latency, Measurement, bare_frames
from tests.bench.bare_media import Ground, Pair, bare_folder, bare_memcached
from tests.bench.bench_attachments import COUNT, GROUP, OWNER, ROUNDS, Work, load, seconds, store
from tests.bench.databases import open_dsn
from tests.databases.nodes import make_context
from tests.redundant.node import make_node
from tests.servers.folder import open_server_folder
from tests.servers.memcached import Memcached

TARGET = 1 / 0.6
ROOM = "512"
HANGING = 3.0


def measure() -> Iterator[Measurement | Latency]:
    """Store and load in turns, then each small work while a host hangs."""
    with ExitStack() as stack:
        folders = [stack.enter_context(open_server_folder("memcached")) for _ in range(2)]
        hosts = [stack.enter_context(Memcached(folder, "-m", ROOM)) for folder in folders]
        dsn = stack.enter_context(open_dsn("postgresql"))
        blocks = [Block.of(index, os.urandom(BLOCK)) for index in range(COUNT)]
        ground = Ground(stack.enter_context(open_server_folder("files")), hosts, dsn, blocks)
        yield from asyncio.run(compare(ground))
        yield from asyncio.run(hang(ground))


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
OF_BLOCKS = ("upload", "get")
Stores = dict[str, tuple[AttachmentStore, Sequence[str]]]


@asynccontextmanager
async def open_stores(ground: Ground) -> AsyncIterator[Stores]:
    """Every store, and the names of its media."""
    async with AsyncExitStack() as stack:
        here = make_context("filesystem")
        files = FilesystemAttachments(FilesystemAttachments.Config(ground.folder / "files"), here)
        await stack.enter_async_context(files.plugin_lifespan(here))
        cached = await stack.enter_async_context(open_cached(ground))
        addresses = [host.address for host in ground.hosts]
        node = make_node(ground.folder / "redundant", ground.dsn, addresses)
        yield {
            "filesystem": (files, ("folder",)),
            "database in memcached": (cached, ("memcached",)),
            "redundant": (await stack.enter_async_context(node), ("folder", "database")),
        }


@asynccontextmanager
async def open_cached(ground: Ground) -> AsyncIterator[DatabaseAttachments]:
    """The store whose table is in memcached."""
    ctx = make_context("memcache")
    memcache = Memcache(MemcacheConfig(tuple(host.address for host in ground.hosts)), ctx)
    using = make_context("database", {"memcache": memcache})
    cached = DatabaseAttachments(DatabaseAttachments.Config(cache="memcache"), using)
    async with memcache.plugin_lifespan(ctx), cached.plugin_lifespan(using):
        yield cached


async def hang(ground: Ground) -> list[Latency]:
    """Each work on a file of one block while one of two hosts answers nobody."""
    async with open_stores(ground) as stores:
        return [
            latency
            for title, (ours, media) in stores.items()
            if "folder" not in media or len(media) > 1
            for latency in await _hanging(title, ours, ground)
        ]


async def _hanging(title: str, ours: AttachmentStore, ground: Ground) -> list[Latency]:
    await ours.attachments_touch(OWNER, GROUP, 86400)
    found: dict[str, list[float]] = {}
    ground.hosts[0].freeze()
    try:
        end, number = time.perf_counter() + HANGING, 0
        while time.perf_counter() < end:
            number += 1
            ref = Ref(OWNER, GROUP, f"{title} h{number}")
            for name, work in _works(ours, ref, ground.blocks[0]):
                began = time.perf_counter()
                await work()
                found.setdefault(name, []).append(time.perf_counter() - began)
    finally:
        ground.hosts[0].thaw()
    config = MemcacheConfig(tuple(host.address for host in ground.hosts))
    return [
        Latency(
            f"{title}, a host hangs: {name}",
            took,
            config.block_timeout if name in OF_BLOCKS else config.memcache_timeout,
        )
        for name, took in found.items()
    ]


def _works(
    ours: AttachmentStore, ref: Ref, block: Block
) -> Iterator[tuple[str, Callable[[], Awaitable[object]]]]:
    async def blocks() -> AsyncIterator[Block]:
        yield block

    async def get() -> None:
        reader = await ours.attachment_get(ref, 0, None, Purpose.SEND)
        assert reader is not None
        async with reader:
            assert [each.size async for each in reader] == [block.size]

    request = UploadRequest(ref, "a.bin", "x/y", block.size)
    yield "upload", lambda: ours.attachment_upload(request, 0, blocks())
    yield "seal", lambda: ours.attachment_seal(ref, block.size, block.digest.hex())
    yield "stat", lambda: ours.attachment_stat(ref)
    yield "list", lambda: ours.attachment_list(OWNER, GROUP)
    yield "get", get
    yield "rename", lambda: ours.attachment_rename(ref, "b.bin")
    yield "touch", lambda: ours.attachments_touch(OWNER, GROUP, 86400)
    yield "delete", lambda: ours.attachment_delete(ref)
