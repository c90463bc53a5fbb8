"""Attachments in memcached: what the kit cannot show, because a host has to fail or forget."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from satchel_attachments_database import DatabaseAttachments
from satchel_hookspecs import Attachment, Block, ChecksumMismatch, Purpose, Ref, UploadRequest
from satchel_memcache import Memcache, UnusableMemcache
from satchel_testkit.content import cut, digest, some_bytes, stream
from tests.memcache.conftest import OpenNode
from tests.memcache.node import make_context
from tests.servers.fixtures import StartMemcached

OWNER, GROUP = "ann", "compose"
REF = Ref(OWNER, GROUP, "id1")
FILE = some_bytes(25 * 2**20)
CONFIG = DatabaseAttachments.Config(cache="memcache")


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def open_store(open_node: OpenNode, stack: AsyncExitStack, *hosts) -> DatabaseAttachments:
    """A store over these hosts, with an open group."""
    node = await open_node(*hosts, memcache_timeout=1.0, block_timeout=1.0)
    ctx = make_context({"memcache": Memcache.of(node.ctx)}, node.ctx.clock)
    store = DatabaseAttachments(CONFIG, ctx)
    await stack.enter_async_context(store.plugin_lifespan(ctx))
    await store.attachments_touch(OWNER, GROUP, 3600)
    return store


async def keep(store: DatabaseAttachments, content: bytes) -> Attachment:
    request = UploadRequest(REF, "a.bin", "application/octet-stream", len(content))
    await store.attachment_upload(request, 0, stream(cut(content), None))
    return await store.attachment_seal(REF, len(content), digest(content))


async def read(store: DatabaseAttachments) -> bytes:
    reader = await store.attachment_get(REF, 0, None, Purpose.SEND)
    assert reader is not None
    async with reader:
        blocks: list[Block] = [block.verified() async for block in reader]
    return b"".join(block.data for block in blocks)


async def test_twenty_five_megabytes_survive_each_host_in_turn(
    start_memcached: StartMemcached, open_node: OpenNode, stack: AsyncExitStack
) -> None:
    hosts = [start_memcached(), start_memcached()]
    store = await open_store(open_node, stack, *hosts)
    await keep(store, FILE)

    for number, host in enumerate(hosts, 2):
        host.restart()
        assert await read(store) == FILE
        await store.attachments_touch(OWNER, GROUP, number * 3600)
    assert await read(store) == FILE


async def test_a_hung_host_delays_and_loses_nothing(
    start_memcached: StartMemcached, open_node: OpenNode, stack: AsyncExitStack
) -> None:
    hosts = [start_memcached(), start_memcached()]
    store = await open_store(open_node, stack, *hosts)
    hosts[0].freeze()
    content = FILE[: 2**20]
    await keep(store, content)

    assert await read(store) == content
    hosts[0].thaw()


async def test_a_block_that_was_dropped_is_missing_and_never_left_out(
    start_memcached: StartMemcached, open_node: OpenNode, stack: AsyncExitStack
) -> None:
    hosts = [start_memcached("-m", "16"), start_memcached("-m", "16")]
    store = await open_store(open_node, stack, *hosts)
    content = FILE[: 4 * 2**20]
    await keep(store, content)
    copies = Memcache.of(store.ctx).copies()
    for number in range(160):
        await copies.put(f"other{number}", [content[: 2**18]], store.ctx.clock() + 3600)

    with pytest.raises(ChecksumMismatch):
        await read(store)


async def test_hosts_with_items_smaller_than_a_block_are_refused_at_start(
    start_memcached: StartMemcached, open_node: OpenNode, stack: AsyncExitStack
) -> None:
    host = start_memcached("-I", "128k", "-o", "slab_chunk_max=65536")

    with pytest.raises(UnusableMemcache, match="start memcached with -I 1m"):
        await open_store(open_node, stack, host)


def test_the_option_decides_what_is_required() -> None:
    assert DatabaseAttachments.requires({}) == ("database",)
    assert DatabaseAttachments.requires({"cache": "memcache"}) == ("memcache",)
