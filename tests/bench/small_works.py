"""Everything that a store does, on something small: a session of 2 KB, a file of one block."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial

from satchel_hookspecs import (
    ABSENT,
    BLOCK,
    AttachmentStore,
    Block,
    Purpose,
    Ref,
    SessionStore,
    UploadRequest,
)

TTL = 86400
DATA = os.urandom(2048)
BLOCK_ZERO = Block.of(0, os.urandom(BLOCK))
OWNER, GROUP = "a" * 32, "g1"

Work = Callable[[], Awaitable[object]]


def of_sessions(store: SessionStore, name: str) -> Iterator[tuple[str, Work]]:
    """A session's life; each work has to follow the one before it."""
    key, owner = name.encode().hex().rjust(64, "0"), name[-32:]

    async def write() -> None:
        record = await store.session_read(key)
        expect = ABSENT if record is None else record.version
        await store.session_write(key, DATA, expect, TTL, owner)

    yield "create", partial(store.session_write, key, DATA, ABSENT, TTL, owner)
    yield "read", partial(store.session_read, key)
    yield "read and write", write
    yield "touch", partial(store.session_touch, key, TTL)
    yield "list", partial(store.session_list, owner)
    yield "destroy", partial(store.session_destroy, key)


def of_attachments(store: AttachmentStore, name: str) -> Iterator[tuple[str, Work]]:
    """A file's life; each work has to follow the one before it."""
    ref = Ref(OWNER, GROUP, name)

    async def blocks() -> AsyncIterator[Block]:
        yield BLOCK_ZERO

    async def get() -> None:
        reader = await store.attachment_get(ref, 0, None, Purpose.SEND)
        assert reader is not None
        async with reader:
            assert [each.size async for each in reader] == [BLOCK]

    request = UploadRequest(ref, "a.bin", "x/y", BLOCK)
    yield "upload", lambda: store.attachment_upload(request, 0, blocks())
    yield "seal", partial(store.attachment_seal, ref, BLOCK, BLOCK_ZERO.digest.hex())
    yield "stat", partial(store.attachment_stat, ref)
    yield "list", partial(store.attachment_list, OWNER, GROUP)
    yield "get", get
    yield "rename", partial(store.attachment_rename, ref, "b.bin")
    yield "touch", partial(store.attachments_touch, OWNER, GROUP, TTL)
    yield "delete", partial(store.attachment_delete, ref)
