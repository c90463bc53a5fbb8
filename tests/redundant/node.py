"""A node: a redundant store over a folder, a database and memcached hosts; or a process of it."""

import asyncio
import hashlib
import json
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from satchel_attachments_redundant import RedundantAttachments
from satchel_database import Database, DatabaseConfig
from satchel_hookspecs import BLOCK, Block, PluginContext, Purpose, Ref, UploadRequest
from satchel_memcache import Memcache, MemcacheConfig

OWNER, GROUP = "a" * 32, "g1"
REF = Ref(OWNER, GROUP, "id1")
TTL = 3600


def at(id: str, group: str = GROUP) -> Ref:
    return Ref(OWNER, group, id)


def make_context(
    name: str, plugins: dict[str, object], clock: Callable[[], float]
) -> PluginContext:
    """What a host hands to a plugin."""
    logger = logging.getLogger(f"satchel.plugins.{name}")
    return PluginContext(name, "node", clock, logger, (b"k" * 32,), plugins, None)


@asynccontextmanager
async def make_node(
    folder: Path,
    dsn: str,
    hosts: Sequence[str],
    clock: Callable[[], float] = time.time,
    deadline: float = 3.0,
    **options: Any,
) -> AsyncIterator[RedundantAttachments]:
    """A started store; a slow machine is given more time than a user would be."""
    ctx = make_context("database", {}, clock)
    database = Database(DatabaseConfig(db_dsnw=dsn, deadline=deadline, **options), ctx)
    memcache = Memcache(MemcacheConfig(tuple(hosts), memcache_timeout=0.5), ctx)
    using = make_context("redundant", {"database": database, "memcache": memcache}, clock)
    store = RedundantAttachments(RedundantAttachments.Config(folder), using)
    async with (
        database.plugin_lifespan(ctx),
        memcache.plugin_lifespan(ctx),
        store.plugin_lifespan(using),
    ):
        yield store


async def cut(content: bytes) -> AsyncIterator[Block]:
    for start in range(0, len(content), BLOCK):
        yield Block.of(start // BLOCK, content[start : start + BLOCK])


async def open_group(store: RedundantAttachments, group: str = GROUP) -> bool:
    return await store.attachments_touch(OWNER, group, TTL)


async def upload(store: RedundantAttachments, content: bytes, ref: Ref = REF) -> None:
    asked = UploadRequest(ref, f"{ref.id}.txt", "text/plain", len(content))
    await store.attachment_upload(asked, 0, cut(content))
    await store.attachment_seal(ref, len(content), hashlib.sha256(content).hexdigest())


async def content_of(store: RedundantAttachments, ref: Ref = REF) -> bytes | None:
    reader = await store.attachment_get(ref, 0, None, Purpose.SEND)
    if reader is None:
        return None
    async with reader:
        return b"".join([block.verified().data async for block in reader])


async def listed(store: RedundantAttachments, group: str = GROUP) -> dict[str, str]:
    """The names in the list, by id."""
    found = await store.attachment_list(OWNER, group)
    return {one.ref.id: one.filename for one in found if one.sealed}


async def serve(folder: Path, dsn: str, hosts: Sequence[str], prefix: str) -> None:
    """Do what is asked for, a line each, until the process is ended."""
    async with make_node(folder, dsn, hosts, db_prefix=prefix) as store:
        os.write(1, b"ready\n")
        while line := await asyncio.to_thread(sys.stdin.readline):
            verb, id, text = json.loads(line)
            if verb == "upload":
                await upload(store, text.encode(), at(id))
            elif verb == "rename":
                await store.attachment_rename(at(id), text)
            else:
                await store.attachment_delete(at(id))
            os.write(1, b"done\n")


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2], sys.argv[3].split(), sys.argv[4]))
