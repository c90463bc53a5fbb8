"""Pieces of attachments in memcached: any copy serves, none is served wrong."""

import asyncio
import time
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

import pytest

from satchel_hookspecs import ABSENT, BLOCK, Block, Place, StorageFull, Unavailable
from satchel_hookspecs.blocks import to_frame
from satchel_memcache import Memcache, MemcachePieces
from satchel_memcache.item import Found, Item
from tests.memcache.conftest import OpenNode, until_well
from tests.servers.fixtures import StartMemcached
from tests.servers.memcached import Memcached

PLACE = Place("ann", "compose")
PIECE = "a1b2"
HOUR = 3600.0


def some_frames(count: int, first: int = 0) -> list[bytes]:
    """Frames of whole blocks, each with other bytes."""
    return [
        to_frame(PIECE, Block.of(first + number, bytes([number]) * BLOCK))
        for number in range(count)
    ]


async def pour(frames: Sequence[bytes], first: int = 0) -> AsyncIterator[tuple[int, bytes]]:
    for number, frame in enumerate(frames, first):
        yield number, frame


async def pieces_on(open_node: OpenNode, *hosts: Memcached, **options: float) -> MemcachePieces:
    """Pieces over these hosts, kept for an hour."""
    node = await open_node(*hosts, **{"block_timeout": 5.0, "memcache_timeout": 5.0, **options})
    return Memcache.of(node.ctx).pieces(HOUR)


async def read(pieces: MemcachePieces, stop: int, first: int = 0) -> list[bytes]:
    """The frames that are there, in order, until one is missing."""
    async with aclosing(pieces.read(PLACE, PIECE, first, stop)) as frames:
        return [frame async for frame in frames]


def items(host: Memcached) -> set[str]:
    """The keys of the frames on this host."""
    return {key for key in host.list_items() if "frame" in key}


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_twenty_five_megabytes_on_stock_hosts_are_what_was_written(
    count: int, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached() for _ in range(count)]
    pieces, frames = await pieces_on(open_node, *hosts), some_frames(100)
    await pieces.write(PLACE, PIECE, pour(frames))

    assert await read(pieces, 100) == frames
    assert sum(len(items(host)) for host in hosts) == 100 * min(count, 2)
    assert [name for name, _ in await pieces.list(PLACE)] == [PIECE]


async def test_a_part_is_read_by_the_numbers_of_its_frames(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    pieces, frames = await pieces_on(open_node, start_memcached()), some_frames(9, first=40)
    await pieces.write(PLACE, PIECE, pour(frames, 40))

    assert await read(pieces, 47, first=42) == frames[2:7]


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_what_one_host_keeps_is_served_while_the_other_is_away(
    fault: str, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts, frames = [start_memcached(), start_memcached()], some_frames(10)
    pieces = await pieces_on(open_node, *hosts, block_timeout=0.5)
    await pieces.write(PLACE, PIECE, pour(frames))

    getattr(hosts[0], fault)()

    assert await read(pieces, 10) == frames


async def test_a_host_that_came_back_empty_gets_what_is_read_or_extended(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts, frames = [start_memcached(), start_memcached()], some_frames(10)
    pieces = await pieces_on(open_node, *hosts)
    await pieces.write(PLACE, PIECE, pour(frames))
    soon = time.time() + HOUR

    for number, host in enumerate([*hosts, *hosts], 1):
        host.restart()
        assert await read(pieces, 10) == frames
        assert await pieces.extend(PLACE, [PIECE], soon + number * HOUR) == []

    assert await read(pieces, 10) == frames
    assert [10, 10] == [len(items(host)) for host in hosts]


async def test_what_both_hosts_have_lost_is_missing(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts, frames = [start_memcached(), start_memcached()], some_frames(10)
    pieces = await pieces_on(open_node, *hosts)
    await pieces.write(PLACE, PIECE, pour(frames[:7]))
    kept = items(hosts[0])
    await pieces.write(PLACE, "other", pour(frames))
    drop(hosts, items(hosts[0]) - kept)

    assert await read(pieces, 10) == frames[:7]
    assert await pieces.extend(PLACE, [PIECE, "other"], time.time() + 2 * HOUR) == ["other"]


@pytest.mark.parametrize("copies", [1, 2])
async def test_a_copy_that_is_damaged_or_forged_is_not_served(
    copies: int, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts, frames = [start_memcached(), start_memcached()], some_frames(20)
    node = await open_node(*hosts, block_timeout=5.0, memcache_timeout=5.0)
    memcache = Memcache.of(node.ctx)
    pieces = memcache.pieces(HOUR)
    await pieces.write(PLACE, PIECE, pour(frames))
    first = pieces._copies.hosts_of(pieces._frames.key(PIECE, 0))[0].name
    hosts.sort(key=lambda host: host.address != first)
    for host in hosts[:copies]:
        for key in items(host):
            poison(host, key)

    assert await read(pieces, 20) == ([] if copies == 2 else frames)
    assert memcache.counters["forged"] > 0


async def test_what_nobody_else_can_seal_is_refused_although_its_digests_are_right(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached()
    pieces = await pieces_on(open_node, host)
    await pieces.write(PLACE, PIECE, pour(some_frames(1)))
    [key] = items(host)
    other = b"t" * 16 + to_frame(PIECE, Block.of(0, b"somebody else's"))
    assert host.ask(b"set %s 0 0 %d\r\n%s" % (key.encode(), len(other), other)) == b"STORED\r\n"

    assert await read(pieces, 1) == []


@pytest.mark.parametrize("is_listed", [True, False])
async def test_a_reader_brings_back_nothing_of_what_is_dropped_meanwhile(
    is_listed: bool,
    start_memcached: StartMemcached,
    open_node: OpenNode,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It read a frame that one host lacks, and brings it there when both have deleted theirs."""
    hosts = [start_memcached(), start_memcached()]
    pieces = await pieces_on(open_node, *hosts)
    await pieces.write(PLACE, PIECE, pour(some_frames(1)))
    [key] = items(hosts[0])
    first = pieces._copies.hosts_of(key)[0].name
    drop([host for host in hosts if host.address == first], {key})
    repair, unlist = pieces._copies.repair, pieces._index.drop
    has_read, may_repair = asyncio.Event(), asyncio.Event()

    async def repair_late(item: Item[bytes], found: Found[bytes], until: float) -> None:
        has_read.set()
        await may_repair.wait()
        await repair(item, found, until)

    async def unlist_late(place: Place, piece: str) -> None:
        if is_listed:
            may_repair.set()
            await asyncio.wait({reading})
        await unlist(place, piece)

    monkeypatch.setattr(pieces._copies, "repair", repair_late)
    monkeypatch.setattr(pieces._index, "drop", unlist_late)
    reading = asyncio.create_task(read(pieces, 1))
    await has_read.wait()
    await pieces.drop(PLACE, PIECE)
    may_repair.set()

    assert await reading == some_frames(1)
    assert [items(host) for host in hosts] == [set(), set()]


async def test_a_dropped_piece_is_gone_from_both_hosts(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    pieces = await pieces_on(open_node, *hosts)
    await pieces.write(PLACE, PIECE, pour(some_frames(70)))
    await pieces.drop(PLACE, PIECE)
    await pieces.drop(PLACE, PIECE)

    assert [set(), set()] == [items(host) for host in hosts]
    assert await pieces.list(PLACE) == []


async def test_a_piece_that_was_dropped_while_a_host_was_away_is_dropped_there_by_the_next_sweep(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts, block_timeout=0.5)
    pieces = Memcache.of(node.ctx).pieces(HOUR)
    await pieces.write(PLACE, PIECE, pour(some_frames(3)))
    hosts[1].freeze()
    await pieces.drop(PLACE, PIECE)
    hosts[1].thaw()
    await until_well(node)

    assert [PIECE] == [name for name, _ in await pieces.list(PLACE)]
    await pieces.drop(PLACE, PIECE)
    assert [set(), set()] == [items(host) for host in hosts]
    assert await pieces.list(PLACE) == []


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError])
async def test_of_a_write_that_breaks_off_nothing_is_kept(
    error: type[BaseException], start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    pieces = await pieces_on(open_node, *hosts)

    async def break_off() -> AsyncIterator[tuple[int, bytes]]:
        async for one in pour(some_frames(9)):
            yield one
        raise error

    with pytest.raises(error):
        await pieces.write(PLACE, PIECE, break_off())
    assert [set(), set()] == [items(host) for host in hosts]
    assert await pieces.list(PLACE) == []


async def test_of_what_a_full_host_drops_at_once_nothing_is_kept_or_listed(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached("-m", "8"), start_memcached("-m", "8")]
    pieces = await pieces_on(open_node, *hosts)

    with pytest.raises(StorageFull, match="more memory"):
        await pieces.write(PLACE, PIECE, pour(some_frames(64)))
    assert [set(), set()] == [items(host) for host in hosts]
    assert await pieces.list(PLACE) == []


async def test_without_any_host_nothing_is_acknowledged(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    pieces = await pieces_on(open_node, *hosts, block_timeout=0.5)
    for host in hosts:
        host.freeze()

    with pytest.raises(Unavailable):
        await pieces.write(PLACE, PIECE, pour(some_frames(3)))
    with pytest.raises(Unavailable):
        await read(pieces, 3)


async def test_a_lifetime_of_more_than_thirty_days_is_kept(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached()
    node = await open_node(host)
    pieces, frames = Memcache.of(node.ctx).pieces(60 * 86400.0), some_frames(1)
    await pieces.write(PLACE, PIECE, pour(frames))

    assert await read(pieces, 1) == frames
    assert await pieces.extend(PLACE, [PIECE], 1e12) == []
    assert await read(pieces, 1) == frames


async def test_a_piece_is_kept_for_as_long_as_it_is_needed_with_one_touch_a_copy(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts, needed = [start_memcached(), start_memcached()], time.time() + 20 * HOUR
    pieces = await pieces_on(open_node, *hosts)
    await pieces.write(PLACE, PIECE, pour(some_frames(10)), lambda _: known(needed))

    assert await pieces.extend(PLACE, [PIECE], needed) == []
    assert [10, 10] == [touches(host) for host in hosts]
    for host in hosts:
        assert all(end >= int(needed) for key, end in host.list_items().items() if "frame" in key)


async def test_a_piece_that_only_one_host_has_taken_is_extended_when_the_other_is_back(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts, needed = [start_memcached(), start_memcached()], time.time() + 20 * HOUR
    node = await open_node(*hosts, block_timeout=0.5)
    pieces = Memcache.of(node.ctx).pieces(HOUR)
    hosts[1].kill()
    await pieces.write(PLACE, PIECE, pour(some_frames(3)), lambda _: known(needed))
    hosts[1].start()
    await until_well(node)

    assert await pieces.extend(PLACE, [PIECE], needed) == []
    assert [3, 3] == [len(items(host)) for host in hosts]


async def test_blocks_that_were_sent_are_not_held(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    async def make() -> AsyncIterator[tuple[int, bytes]]:
        for number in range(100):
            yield number, some_frames(1, number)[0]

    pieces = await pieces_on(open_node, start_memcached(), start_memcached())
    tracemalloc.start()
    try:
        await pieces.write(PLACE, PIECE, make())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 25 * BLOCK


async def test_a_session_does_not_wait_behind_files(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached()
    node = await open_node(host, memcache_timeout=5.0)
    memcache = Memcache.of(node.ctx)
    await node.session_write("a1" * 32, b"1", ABSENT, 60, None)
    asked = [memcache.copies().put(f"k{n}", [b"x" * BLOCK], time.time() + 60) for n in range(40)]
    files = asyncio.gather(*asked)
    await asyncio.sleep(0)

    assert await node.session_read("a1" * 32) is not None
    assert not files.done()
    await files


async def known(until: float) -> float:
    """The time itself, as if it had been asked for."""
    return until


def touches(host: Memcached) -> int:
    """How often an item was there to be touched."""
    lines = host.ask(b"stats", b"END\r\n").decode().splitlines()
    return int(dict(line.split()[1:] for line in lines[:-1])["touch_hits"])


def drop(hosts: Sequence[Memcached], keys: set[str]) -> None:
    """Let the hosts forget one of these."""
    key = min(keys)
    for host in hosts:
        assert host.ask(b"delete " + key.encode()) == b"DELETED\r\n"


def poison(host: Memcached, key: str) -> None:
    """Put something else there."""
    assert host.ask(b"set " + key.encode() + b" 0 0 4\r\nevil") == b"STORED\r\n"
