"""Another process with a store of its own: keeps small files, or one large one."""

import asyncio
import hashlib
import logging
import os
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from satchel_attachments_database import DatabaseAttachments
from satchel_database import Database, DatabaseConfig
from satchel_hookspecs import BLOCK, Block, PluginContext, Purpose, Ref, UploadRequest

OWNER, GROUP = "a" * 32, "g1"
WARM_UP = 8


async def keep(store: DatabaseAttachments, id: str, blocks: int) -> str:
    """Keep so many blocks, of random bytes; return the digest of them all."""
    whole = hashlib.sha256()

    async def each() -> AsyncIterator[Block]:
        for index in range(blocks):
            data = os.urandom(BLOCK)
            whole.update(data)
            yield Block.of(index, data)

    ref = Ref(OWNER, GROUP, id)
    await store.attachment_upload(UploadRequest(ref, "f", "x/y", blocks * BLOCK), 0, each())
    await store.attachment_seal(ref, blocks * BLOCK, whole.hexdigest())
    return whole.hexdigest()


async def read(store: DatabaseAttachments, id: str) -> str:
    """Read a file to its end; return the digest of what came."""
    whole = hashlib.sha256()
    reader = await store.attachment_get(Ref(OWNER, GROUP, id), 0, None, Purpose.SEND)
    assert reader is not None
    async with reader:
        async for block in reader:
            whole.update(block.data)
    return whole.hexdigest()


async def stream(store: DatabaseAttachments, blocks: int) -> int:
    """Keep so many blocks, and read the same; answer the most memory ever taken, in KiB."""
    id = f"b{blocks}"
    kept = await keep(store, id, blocks)
    assert await read(store, id) == kept
    found = await store.attachment_stat(Ref(OWNER, GROUP, id))
    assert found is not None
    assert (found.size, found.sha256) == (blocks * BLOCK, kept)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[DatabaseAttachments]:
    """A store over the database."""
    log = logging.getLogger("node")
    ctx = PluginContext("database", "node", time.time, log, (b"k" * 32,), {}, None)
    database = Database(DatabaseConfig(dsn, deadline=20), ctx)
    using = PluginContext("a", "node", time.time, log, ctx.keys, {"database": database}, None)
    store = DatabaseAttachments(None, using)
    async with database.plugin_lifespan(ctx), store.plugin_lifespan(using):
        await store.attachments_touch(OWNER, GROUP, 3600)
        yield store


async def main(work: str, dsn: str, amount: int) -> None:
    async with opened(dsn) as store:
        if work == "stream":
            before = await stream(store, WARM_UP)
            os.write(1, b"%d\n" % (await stream(store, amount) - before))
            return
        os.write(1, b"ready\n")
        await asyncio.to_thread(sys.stdin.readline)
        for number in range(amount):
            await keep(store, f"{os.getpid()}-{number}", 1)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
