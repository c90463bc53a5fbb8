"""Attachments as rows: what is in the tables, and when."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from satchel_attachments_database import DatabaseAttachments, Unwritten
from satchel_attachments_database.writer import PieceWriter, Step
from satchel_database import Database
from satchel_hookspecs import (
    BLOCK,
    Block,
    ChecksumMismatch,
    Place,
    Ref,
    StorageFull,
    Unavailable,
    UploadRequest,
)

from .conftest import REF, Clock, Open, ask, content_of, count, cut, keep

PLACE = REF.place


async def frames(*numbers: int) -> AsyncIterator[tuple[int, bytes]]:
    for number in numbers:
        yield number, b"frame %d" % number


async def numbers_of(store: DatabaseAttachments, first: int, stop: int) -> list[bytes]:
    return [frame async for frame in store._read(PLACE, "p", first, stop)]


async def test_a_block_is_a_row_of_little_more_than_its_size(store):
    await keep(store, bytes(2 * BLOCK + 1))

    rows = await ask(store, "SELECT number, length(data) FROM attachment_frames ORDER BY number")
    assert [number for number, _ in rows] == [0, 1, 2]
    assert [size - rows[2][1] for _, size in rows] == [BLOCK - 1, BLOCK - 1, 0]
    assert rows[2][1] < 150


async def test_others_can_write_while_an_upload_waits_for_its_client(open_store):
    store, other = await open_store(), await open_store(deadline=1)
    waiting, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[Block]:
        async for block in cut(bytes(6 * BLOCK)):
            yield block
        waiting.set()
        await go_on.wait()

    upload = asyncio.create_task(
        store.attachment_upload(UploadRequest(REF, "a", "x/y", 6 * BLOCK), 0, slow())
    )
    await waiting.wait()
    await keep(other, b"meanwhile", Ref(REF.owner, REF.group, "id2"))
    go_on.set()

    assert (await upload).size == 6 * BLOCK


async def test_a_piece_cannot_be_read_before_its_last_row_is_committed(store):
    seen = []

    async def peeking() -> AsyncIterator[tuple[int, bytes]]:
        async for frame in frames(*range(9)):
            seen.append(await numbers_of(store, 0, 9))
            yield frame

    await store._write(PLACE, "p", peeking())

    assert seen == [[]] * 9
    assert len(await numbers_of(store, 0, 9)) == 9


@pytest.mark.parametrize(("first", "stop", "found"), [(0, 9, 9), (3, 4, 1), (7, 30, 2), (9, 9, 0)])
async def test_a_range_ends_where_the_rows_end(store, first, stop, found):
    await store._write(PLACE, "p", frames(*range(9)))

    numbers = range(first, first + found)
    assert await numbers_of(store, first, stop) == [b"frame %d" % number for number in numbers]


async def test_a_read_ends_early_at_a_gap(store):
    await store._write(PLACE, "p", frames(0, 1, 2, 3, 4, 6, 7))

    assert await numbers_of(store, 0, 8) == [b"frame %d" % number for number in range(5)]


async def test_a_piece_of_another_place_is_not_read_and_not_dropped(store):
    await store._write(PLACE, "p", frames(0))
    other = Place("b" * 32, PLACE.group)

    assert [frame async for frame in store._read(other, "p", 0, 1)] == []
    await store._drop(other, "p")
    assert await numbers_of(store, 0, 1) == [b"frame 0"]


@pytest.mark.parametrize("after", [0, 3, 4, 5, 11])
async def test_a_piece_whose_source_fails_leaves_nothing(store, after):
    async def failing() -> AsyncIterator[tuple[int, bytes]]:
        async for frame in frames(*range(after)):
            yield frame
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store._write(PLACE, "p", failing())

    assert (await count(store, "pieces"), await count(store, "frames")) == (0, 0)


async def test_a_piece_that_is_cancelled_leaves_nothing(store):
    began = asyncio.Event()

    async def endless() -> AsyncIterator[tuple[int, bytes]]:
        async for frame in frames(*range(10)):
            yield frame
        began.set()
        await asyncio.Event().wait()

    writing = asyncio.create_task(store._write(PLACE, "p", endless()))
    await began.wait()
    writing.cancel()
    await asyncio.wait({writing})

    assert writing.cancelled()
    assert (await count(store, "pieces"), await count(store, "frames")) == (0, 0)


async def test_a_piece_that_is_there_is_not_written_over(store):
    await store._write(PLACE, "p", frames(0))

    with pytest.raises(Unwritten):
        await store._write(PLACE, "p", frames(1))
    assert await numbers_of(store, 0, 1) == [b"frame 0"]


@pytest.mark.parametrize("when", [6, 10])
async def test_a_piece_that_was_swept_while_it_was_written_does_not_count(store, when):
    async def stalling() -> AsyncIterator[tuple[int, bytes]]:
        async for number, frame in frames(*range(10)):
            if number == when - 1:
                await asyncio.sleep(0)
                await store._drop(PLACE, "p")
            yield number, frame

    with pytest.raises(Unwritten, match="swept"):
        await store._write(PLACE, "p", stalling())

    assert await count(store, "frames") == 0


async def test_a_full_database_says_so_and_keeps_what_was_there(store):
    await keep(store, b"hello")
    [(pages,)] = await ask(store, "PRAGMA page_count")
    await ask(store, f"PRAGMA max_page_count = {pages + 300}")

    with pytest.raises(StorageFull):
        await keep(store, bytes(10 * BLOCK), Ref(REF.owner, REF.group, "id2"))

    assert await content_of(store) == b"hello"
    assert await count(store, "pieces") == 1


async def test_a_database_that_fails_leaves_the_piece_to_the_sweep(
    store: DatabaseAttachments, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_all = Database.change_all
    left = iter(range(1))

    async def failing(self: Database, *given: Any):
        if next(left, None) is None:
            raise Unavailable("It is gone.")
        await change_all(self, *given)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "change_all", failing)
        with pytest.raises(Unavailable):
            await store.attachment_upload(
                UploadRequest(REF, "a", "x/y", 20 * BLOCK), 0, cut(bytes(20 * BLOCK))
            )
    assert await count(store, "pieces") == 1

    await store.attachments_touch(REF.owner, REF.group, 10 * 3600)
    clock.now += store.grace + 1
    assert (await store.attachment_gc(100)).removed == 1
    assert (await count(store, "pieces"), await count(store, "frames")) == (0, 0)


async def test_a_row_that_was_changed_is_noticed(store):
    await keep(store, bytes(BLOCK))
    await ask(store, "UPDATE attachment_frames SET data = substr(data, 1, 1000)")

    with pytest.raises(ChecksumMismatch):
        await content_of(store)


async def test_tables_stand_under_the_prefix(open_store: Open) -> None:
    store = await open_store(db_prefix="sat_")
    await keep(store, b"hello")

    assert await ask(store, "SELECT count(*) FROM sat_attachment_frames") == [(1,)]
    assert await content_of(store) == b"hello"


@pytest.mark.parametrize("name", ["../up", "a/b", "", "a\0b", "x" * 129, "группа", "a' OR 1=1 --"])
async def test_a_strange_name_is_refused(store, name):
    with pytest.raises(ValueError, match="no name"):
        await store._load(Place(REF.owner, name))
    with pytest.raises(ValueError, match="no name"):
        await store._drop(PLACE, name)
    with pytest.raises(ValueError, match="no name"):
        [place async for place in store._places(name)]


async def test_names_that_differ_in_case_are_different(store):
    await store.attachments_touch(REF.owner.upper(), REF.group, 60)
    await keep(store, b"lower")

    assert await content_of(store, Ref(REF.owner.upper(), REF.group, REF.id)) is None


async def test_extending_and_overriding_one_primitive_is_enough(store):
    class Counting(DatabaseAttachments):
        written = 0

        async def _write(self, place, piece, frames):
            type(self).written += 1
            await super()._write(place, piece, frames)

    counting = Counting(None, store.ctx)
    await keep(counting, b"hello")

    assert await content_of(store) == b"hello"
    assert Counting.written == 1


async def test_rows_are_on_their_way_while_more_come_that_nobody_waits_for(
    store: DatabaseAttachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, seen, commit = list[int](), list[int](), PieceWriter._commit

    async def note(writer: PieceWriter, steps: Sequence[Step]) -> int:
        begun.append(len(steps))
        return await commit(writer, steps)

    async def more() -> AsyncIterator[tuple[int, bytes]]:
        for number in range(10):
            seen.append(len(begun))
            yield number, b"x"

    monkeypatch.setattr(PieceWriter, "_commit", note)
    await store._write(REF.place, "p", more())

    assert seen == [0, 0, 0, 0, 0, 1, 1, 1, 1, 2]
