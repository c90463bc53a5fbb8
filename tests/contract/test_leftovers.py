"""What a change of the list lets go is dropped at once, and not left to the sweep."""

import hashlib
from collections.abc import AsyncIterator

import pytest

from satchel_hookspecs import BLOCK, Block, MemoryAttachments, Ref, UploadRequest
from satchel_testkit.clock import Clock
from tests.contract.harness import context

REF = Ref("ann", "compose", "id1")
BLOCKS = [Block.of(0, b"1" * BLOCK), Block.of(1, b"2")]


@pytest.fixture
async def store() -> MemoryAttachments:
    """A store with an open compose."""
    made = MemoryAttachments(None, context(Clock()))
    await made.attachments_touch(REF.owner, REF.group, 3600)
    return made


async def upload(store: MemoryAttachments, blocks: list[Block], start: int = 0) -> None:
    async def pour() -> AsyncIterator[Block]:
        for block in blocks:
            yield block

    await store.attachment_upload(UploadRequest(REF, "a.txt", "x/y", None), start, pour())


async def pieces(store: MemoryAttachments) -> set[str]:
    return {name for name, _ in await store._pieces(REF.place)}


async def test_an_upload_that_begins_anew_drops_what_was_there(store: MemoryAttachments) -> None:
    await upload(store, BLOCKS[:1])
    before = await pieces(store)
    await upload(store, BLOCKS)

    assert len(before) == len(await pieces(store)) == 1
    assert before.isdisjoint(await pieces(store))


async def test_an_upload_that_goes_on_drops_nothing(store: MemoryAttachments) -> None:
    await upload(store, BLOCKS[:1])
    before = await pieces(store)
    await upload(store, BLOCKS[1:], start=1)

    assert before < await pieces(store)


@pytest.mark.parametrize("how", ["delete", "close"])
async def test_nothing_is_left_of_what_is_deleted(how: str, store: MemoryAttachments) -> None:
    await upload(store, BLOCKS)
    content = b"".join(block.data for block in BLOCKS)
    await store.attachment_seal(REF, len(content), hashlib.sha256(content).hexdigest())
    if how == "delete":
        assert await store.attachment_delete(REF)
        assert not await store.attachment_delete(REF)
    else:
        assert await store.attachments_cleanup(REF.owner, REF.group) == 1

    assert await pieces(store) == set()
