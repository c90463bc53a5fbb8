"""What is special about enciphering: what is refused, with which keys, and where a file ends."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satchel_hookspecs import (
    BLOCK,
    Attachment,
    Block,
    ChecksumMismatch,
    Conflict,
    MemoryAttachments,
    PluginContext,
    Purpose,
    Ref,
    Source,
    UploadRequest,
)
from satchel_testkit.content import cut, digest, some_bytes, stream
from satchel_testkit.relay import Hooks, compose
from satchel_wrap_encrypt import Encrypt
from satchel_wrap_encrypt.block_cipher import OVERHEAD

OWNER, GROUP = "a" * 32, "g1"
REF, OTHER = Ref(OWNER, GROUP, "id1"), Ref(OWNER, GROUP, "id2")
NEW, OLD = b"n" * 32, b"o" * 32
SIZE = 3 * BLOCK + 10
GONE = ConnectionResetError("The client went away.")


def context(hooks: Hooks | None = None, keys: Sequence[bytes] = (NEW,)) -> PluginContext:
    log = logging.getLogger()
    return PluginContext("it", "node", time.time, log, tuple(keys), {}, hooks or Hooks())


@pytest.fixture
def store() -> MemoryAttachments:
    return MemoryAttachments(None, context())


async def opened(store: MemoryAttachments, *keys: bytes) -> Hooks:
    """The hooks of a node with these keys."""
    hooks = Hooks()
    compose(hooks, store, [Encrypt(None, context(hooks, keys or (NEW,)))])
    await hooks.attachments_touch(owner=OWNER, group=GROUP, ttl=3600)
    return hooks


def asking(size: int | None, at: Ref = REF) -> UploadRequest:
    return UploadRequest(at, "report.pdf", "application/pdf", size)


async def upload(hooks, content, size, start=0, end=None):
    blocks = stream(cut(content, start), end)
    return await hooks.attachment_upload(request=asking(size), start=start, blocks=blocks)


async def seal(hooks, content):
    return await hooks.attachment_seal(ref=REF, size=len(content), sha256=digest(content))


async def read(hooks) -> bytes:
    reader = await hooks.attachment_get(ref=REF, first=0, last=None, purpose=Purpose.SEND)
    async with reader:
        return b"".join([block.verified().data async for block in reader])


async def enciphered(
    content: bytes, size: int | None, at: Ref = REF, keys: Sequence[bytes] = (NEW,)
) -> list[Block]:
    wrapper = Encrypt(None, context(keys=keys))
    return [block async for block in wrapper.incoming(asking(size, at), 0, stream(cut(content)))]


async def deciphered(blocks: Sequence[Block], size: int, at: Ref = REF) -> bytes:
    """What the host would pass on of these blocks of a sealed file of ``size`` bytes."""
    kind = "application/pdf"
    attachment = Attachment(at, "b", kind, Source.UPLOAD, 0, 1, size, size, True, "", 60)
    wrapper = Encrypt(None, context())
    found = [block.verified() async for block in wrapper.outgoing(attachment, stream(blocks))]
    return b"".join(block.data for block in found)


@given(st.lists(st.integers(0, SIZE), max_size=5).map(sorted), st.sampled_from([SIZE, 3 * BLOCK]))
@settings(max_examples=40, deadline=None)
async def test_any_split_into_resumed_pieces_is_read_as_one(cuts: list[int], size: int) -> None:
    content = some_bytes(size)
    hooks = await opened(MemoryAttachments(None, context()))
    for stop in cuts:
        known = await hooks.attachment_stat(ref=REF)
        start = known.progress.next_block if known else 0
        with pytest.raises(ConnectionResetError):
            await upload(hooks, content[: max(stop, start * BLOCK)], size, start, GONE)
    known = await hooks.attachment_stat(ref=REF)
    await upload(hooks, content, size, known.progress.next_block if known else 0)
    await seal(hooks, content)

    assert await read(hooks) == content


@given(st.integers(0, SIZE + 4 * OVERHEAD - 1), st.integers(0, 7))
@settings(max_examples=60, deadline=None)
async def test_any_changed_bit_is_refused(at: int, bit: int) -> None:
    kept = await enciphered(some_bytes(SIZE), SIZE)
    number, place = divmod(at, BLOCK + OVERHEAD)
    data = bytearray(kept[number].data)
    data[place] ^= 1 << bit
    kept[number] = kept[number].carrying(bytes(data))

    with pytest.raises(ChecksumMismatch):
        await deciphered(kept, SIZE)
    if number:
        assert await deciphered(kept[:1], SIZE) == some_bytes(BLOCK)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=4).filter(lambda o: o != [0, 1, 2, 3]))
@settings(max_examples=40, deadline=None)
async def test_any_other_order_of_blocks_is_refused(order: list[int]) -> None:
    content = some_bytes(4 * BLOCK)
    kept = await enciphered(content, len(content))
    moved = [replace(kept[number], index=index) for index, number in enumerate(order)]

    with pytest.raises(ChecksumMismatch):
        await deciphered(moved, len(content))


@pytest.mark.parametrize("size", [None, 3 * BLOCK])
async def test_a_file_that_lost_its_end_is_refused(size: int | None) -> None:
    kept = await enciphered(some_bytes(3 * BLOCK), size)

    with pytest.raises(ChecksumMismatch):
        await deciphered(kept[:2], 2 * BLOCK)


async def test_a_block_of_another_attachment_is_refused() -> None:
    foreign = await enciphered(b"hello", 5, OTHER)

    assert await deciphered(foreign, 5, OTHER) == b"hello"
    with pytest.raises(ChecksumMismatch):
        await deciphered(foreign, 5, REF)


@pytest.mark.parametrize("length", [0, 1, OVERHEAD - 1, OVERHEAD, OVERHEAD + 4])
async def test_a_block_cut_short_is_refused(length: int) -> None:
    [kept] = await enciphered(b"hello", 5)

    with pytest.raises(ChecksumMismatch):
        await deciphered([kept.carrying(kept.data[:length])], 5)


async def test_what_was_kept_in_clear_is_refused() -> None:
    with pytest.raises(ChecksumMismatch, match="is not enciphered"):
        await deciphered(cut(b"h" * 100), 100)


async def test_a_digest_that_was_put_right_helps_no_forger() -> None:
    [kept] = await enciphered(b"hello", 5)
    forged = Block.of(0, b"jelly").carrying(kept.data)

    with pytest.raises(ChecksumMismatch):
        await deciphered([forged], 5)


async def test_the_store_sees_nothing_of_the_bytes(store) -> None:
    hooks = await opened(store)
    content = b"attack at dawn " * 1000
    await upload(hooks, content, len(content))

    frames = [frame for kept in store._kept.values() for frame in kept.frames.values()]
    assert frames
    assert not any(b"attack" in frame for frame in frames)


async def test_the_same_bytes_again_are_other_bytes_under_other_nonces() -> None:
    first, again = [await enciphered(b"same" * 100, 400) for _ in range(2)]
    nonces = {blocks[0].data[9:21] for blocks in (first, again)}

    assert len(nonces) == 2
    assert first[0].data[21:] != again[0].data[21:]
    assert first[0].digest == again[0].digest


async def test_a_name_that_changes_leaves_the_file_readable(store) -> None:
    hooks = await opened(store)
    await upload(hooks, b"hello", 5)
    await seal(hooks, b"hello")

    await hooks.attachment_rename(ref=REF, filename="another.exe")

    assert await read(hooks) == b"hello"


async def test_a_new_secret_goes_on_with_what_the_old_one_began(store) -> None:
    content = some_bytes(2 * BLOCK + 5)
    before = await opened(store, OLD)
    with pytest.raises(ConnectionResetError):
        await upload(before, content[:BLOCK], len(content), 0, GONE)

    after = await opened(store, NEW, OLD)
    await upload(after, content, len(content), 1)
    await seal(after, content)

    assert await read(after) == content
    with pytest.raises(ChecksumMismatch, match='not in "secret" any more'):
        await read(await opened(store, NEW))
    with pytest.raises(ChecksumMismatch, match=r"Block 1 .* not in"):
        await read(await opened(store, OLD))


def test_without_a_key_it_cannot_be_made() -> None:
    with pytest.raises(ValueError, match='set "secret"'):
        Encrypt(None, context(keys=()))


@pytest.mark.parametrize("size", [1, BLOCK, BLOCK + 1, 2 * BLOCK])
async def test_an_upload_of_unknown_size_that_breaks_off_has_no_end(store, size: int) -> None:
    hooks, content = await opened(store), some_bytes(size)
    with pytest.raises(ConnectionResetError):
        await upload(hooks, content, None, 0, GONE)
    kept = await hooks.attachment_stat(ref=REF)
    await seal(hooks, content)

    assert kept.size == size
    with pytest.raises(ChecksumMismatch):
        await read(hooks)


@pytest.mark.parametrize("size", [0, 1, BLOCK, BLOCK + 1, 2 * BLOCK])
async def test_an_upload_of_unknown_size_ends_where_its_stream_does(store, size: int) -> None:
    hooks, content = await opened(store), some_bytes(size)
    await upload(hooks, content, None)
    await seal(hooks, content)

    assert await read(hooks) == content


@pytest.mark.parametrize("announced", [4, 6, BLOCK + 5])
async def test_what_ends_elsewhere_than_announced_cannot_be_sealed(store, announced: int) -> None:
    hooks = await opened(store)
    await upload(hooks, b"hello", announced)

    with pytest.raises(Conflict, match="announced"):
        await seal(hooks, b"hello")
    assert not (await hooks.attachment_stat(ref=REF)).sealed


async def test_beginning_anew_with_another_size_replaces_what_was_announced(store) -> None:
    hooks = await opened(store)
    await upload(hooks, some_bytes(BLOCK), 5 * BLOCK)

    await upload(hooks, b"hello", 5)
    await seal(hooks, b"hello")

    assert await read(hooks) == b"hello"
