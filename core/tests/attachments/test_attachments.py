"""What the host adds to a store: ids, limits, repeated requests, resumes, verified reading."""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from satchel.attachments import Acknowledged, Attachments, AttachmentService, Limits
from satchel.plugins.registry import PluginManager
from satchel.plugins.relay import Hooks, compile_hooks
from satchel.sessions.records import Records
from satchel.sessions.seal import KeyRing
from satchel_hookspecs import (
    BLOCK,
    AttachmentSpecs,
    ChecksumMismatch,
    Conflict,
    MemoryAttachments,
    MemorySessions,
    PluginContext,
    TooLarge,
    Unavailable,
    hookimpl,
)

OWNER = "a" * 32
CONTENT = bytes(range(256)) * 3000


class Told:
    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []

    @hookimpl
    async def attachment_stored(self, attachment):
        self.events.append(("stored", attachment.filename))

    @hookimpl
    async def attachment_deleted(self, ref, reason):
        self.events.append(("deleted", reason))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def store() -> MemoryAttachments:
    return MemoryAttachments(
        None, PluginContext("m", "n", time.time, logging.getLogger(), (), {}, Hooks())
    )


@pytest.fixture
def records() -> Records:
    context = PluginContext("m", "n", time.time, logging.getLogger(), (), {}, Hooks())
    return Records(MemorySessions(None, context), KeyRing(["s" * 32]))


@pytest.fixture
def service(store: MemoryAttachments, told: Told, records: Records) -> AttachmentService:
    manager = PluginManager()
    manager.add_hookspecs(AttachmentSpecs)
    manager.register(store)
    manager.register(told)
    hooks = compile_hooks(manager, {})
    return AttachmentService(hooks, Limits(message=3_000_000), Acknowledged(records, 3600))  # type: ignore[arg-type]


@pytest.fixture
async def files(service: AttachmentService) -> Attachments:
    files = service.of(OWNER)
    await files.open("g")
    return files


async def chunks(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


async def cut_after(content: bytes) -> AsyncIterator[bytes]:
    async for chunk in chunks(content):
        yield chunk
    raise ConnectionResetError


async def content_of(files: Attachments, id: str, start: int = 0, stop: int | None = None) -> bytes:
    async with files.open_file("g", id, start, stop) as found:
        assert found is not None
        return b"".join([chunk async for chunk in found])


async def add(files: Attachments, content: bytes = CONTENT, token: str = "t", **more: Any) -> Any:
    return await files.add("g", token, "a.bin", "x/y", chunks(content), **more)


async def test_a_file_is_kept_with_its_digest_and_the_event_is_told(files, told):
    kept = await add(files)

    assert kept.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert await content_of(files, kept.ref.id) == CONTENT
    assert told.events == [("stored", "a.bin")]


@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, 1), (5, 10), (BLOCK - 1, BLOCK + 1), (BLOCK, None), (len(CONTENT) - 1, None), (3, 10**9)],
)
async def test_a_range_of_bytes_is_trimmed_out_of_its_blocks(files, start, stop):
    kept = await add(files)

    assert await content_of(files, kept.ref.id, start, stop) == CONTENT[start:stop]


async def test_a_request_that_comes_twice_has_one_effect(files):
    first = await add(files)
    again = await add(files)

    assert again == first or (again.ref, again.serial) == (first.ref, first.serial)
    assert len(await files.list("g")) == 1


async def test_a_token_with_other_bytes_is_a_conflict(files):
    await add(files)

    with pytest.raises(Conflict):
        await add(files, CONTENT[1:])


async def test_a_file_over_the_limit_is_refused_before_a_byte_is_read(files):
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("was read")
        yield b""

    with pytest.raises(TooLarge) as refused:
        await files.add("g", "t", "a", "x/y", unread(), size=3_000_000)
    assert refused.value.limit == files.limits.file


async def test_a_file_that_grows_over_the_limit_leaves_nothing(files):
    with pytest.raises(TooLarge):
        await add(files, b"x" * 2_300_000)

    assert await files.list("g") == ()


async def test_the_limit_counts_the_files_that_are_there(files):
    await add(files, b"x" * 1_500_000)

    with pytest.raises(TooLarge) as refused:
        await add(files, b"x", token="t2", size=1_000_000)
    assert 600_000 < refused.value.limit < 700_000


async def test_a_cut_upload_is_resumed_at_a_block_and_read_back(files):
    with pytest.raises(ConnectionResetError):
        await files.add("g", "t", "a", "x/y", cut_after(CONTENT[:700_000]), size=len(CONTENT))
    known = await files.progress("g", "t")
    offset = files.offset(known)

    kept = await files.resume("g", "t", offset, chunks(CONTENT[offset:]))

    assert (known.size, offset) == (700_000, 2 * BLOCK)
    assert kept.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert await files.resume("g", "t", offset, chunks(b"")) == kept or kept.sealed


async def test_resuming_somewhere_else_says_where_to_go_on(files):
    with pytest.raises(ConnectionResetError):
        await files.add("g", "t", "a", "x/y", cut_after(CONTENT[:700_000]), size=len(CONTENT))

    with pytest.raises(Conflict, match=str(2 * BLOCK)):
        await files.resume("g", "t", 700_000, chunks(CONTENT[700_000:]))


async def test_resuming_what_never_began_is_a_conflict(files):
    with pytest.raises(Conflict):
        await files.resume("g", "t", 0, chunks(b"x"))


async def test_more_bytes_than_announced_are_refused(files):
    with pytest.raises(ConnectionResetError):
        await files.add("g", "t", "a", "x/y", cut_after(CONTENT[:BLOCK]), size=len(CONTENT))

    with pytest.raises(TooLarge):
        await files.resume("g", "t", BLOCK, chunks(CONTENT[BLOCK:] + b"more"))


async def test_a_damaged_file_is_known_before_its_first_byte_is_given(files, store):
    kept = await add(files)
    for piece in store._kept.values():
        piece.frames[0] = piece.frames[0][:-1] + b"?"

    with pytest.raises(ChecksumMismatch):
        async with files.open_file("g", kept.ref.id):
            raise AssertionError("was opened")


async def test_another_owner_finds_nothing(files, service):
    kept = await add(files)

    async with service.of("b" * 32).open_file("g", kept.ref.id) as found:
        assert found is None
    assert await service.of("b" * 32).delete("g", kept.ref.id) is False


async def test_closing_a_compose_deletes_and_tells(files, told):
    await add(files)

    assert await files.close("g") == 1
    assert told.events[-1] == ("deleted", "cleaned_up")
    with pytest.raises(Conflict):
        await add(files, token="late")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\evil.exe", "evil.exe"),
        ("a\r\nX-Evil: 1.txt", "aX-Evil: 1.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\ud800.txt", "?.txt"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("\0", "unnamed"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("ü" * 200, "ü" * 127),
        ("100%0d%0a.txt", "100%0d%0a.txt"),
        (".htaccess", ".htaccess"),
    ],
)
async def test_a_name_is_made_fit_to_be_shown(files, name, shown):
    kept = await files.add("g", "t", name, "x/y", chunks(b"x"))

    assert kept.filename == shown


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("text/html; charset=utf-8", "text/html"),
        ("IMAGE/PNG", "image/png"),
        ("text/html\r\nX: y", "application/octet-stream"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
        ('image/svg+xml"; x="', "application/octet-stream"),
    ],
)
async def test_a_type_is_believed_only_when_it_is_one(files: Attachments, given, kept):
    stored = await files.add("g", "t", "a", given, chunks(b"x"))

    assert stored.content_type == kept


async def test_an_empty_file_is_a_file(files):
    kept = await add(files, b"")

    assert (kept.size, kept.sealed) == (0, True)
    assert await content_of(files, kept.ref.id) == b""


async def test_what_was_acknowledged_is_known_apart_from_the_store(files: Attachments) -> None:
    first = await files.add("g", "t1", "a.txt", "text/plain", chunks(b"one"))
    second = await files.add("g", "t2", "b.txt", "text/plain", chunks(b"two"))
    await asyncio.gather(
        *(files.add("g", f"t{n}", f"{n}.txt", "text/plain", chunks(b"more")) for n in range(3, 9))
    )
    await files.rename("g", second.ref.id, "c.txt")

    names = await files.acknowledged("g")

    assert (names[first.ref.id], names[second.ref.id]) == ("a.txt", "c.txt")
    assert len(names) == 8
    assert await files.acknowledged("another") == {}


async def test_a_file_that_the_store_lost_is_known_until_its_user_removes_it(
    files: Attachments, store: MemoryAttachments
) -> None:
    kept = await files.add("g", "t1", "a.txt", "text/plain", chunks(b"one"))
    await store.attachment_delete(kept.ref)

    assert await files.list("g") == ()
    assert await files.acknowledged("g") == {kept.ref.id: "a.txt"}
    assert await files.delete("g", kept.ref.id)
    assert await files.acknowledged("g") == {}
    assert not await files.delete("g", kept.ref.id)


async def test_nothing_is_known_of_what_is_unfinished_or_ended(files: Attachments) -> None:
    with pytest.raises(ConnectionResetError):
        await files.add("g", "t1", "a.txt", "text/plain", cut_after(b"x" * 300_000), size=400_000)
    unfinished = await files.acknowledged("g")
    await files.add("g", "t2", "b.txt", "text/plain", chunks(b"two"))
    await files.close("g")

    assert unfinished == {}
    assert await files.acknowledged("g") == {}


async def test_a_file_counts_as_kept_only_when_that_is_known(
    files: Attachments, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise Unavailable("The records cannot be written.")

    with monkeypatch.context() as patch:
        patch.setattr(records, "update", fail)
        with pytest.raises(Unavailable):
            await files.add("g", "t1", "a.txt", "text/plain", chunks(b"one"))
    again = await files.add("g", "t1", "a.txt", "text/plain", chunks(b"one"))

    assert await files.acknowledged("g") == {again.ref.id: "a.txt"}
    assert [one.filename for one in await files.list("g")] == ["a.txt"]
