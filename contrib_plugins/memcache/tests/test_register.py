"""The register, one rule after another."""

import time
from random import Random

import pytest

from satchel_hookspecs import Conflict, StorageFull, TooLarge, Unavailable
from satchel_memcache import NOTHING, Counters, Register, Seal, Seen, Stamp, Value
from satchel_memcache.stamp import PAST, WRITE

from .fake_cell import FakeCell

KEY = "key"
NOW = time.time()
SEAL = Seal((b"k" * 32,))


class Cluster:
    """Two cells and a register over them, whose clock a test moves."""

    def __init__(self, count: int = 2) -> None:
        self.now = NOW
        self.cells = [FakeCell(f"cell {number}", Random(number)) for number in range(count)]
        self.counters = Counters()
        self.register = Register(lambda _: self.cells, SEAL, lambda: self.now, self.counters)

    async def write(self, body: bytes, seconds: float = 600) -> None:
        await self.register.change(KEY, lambda _: Value(body, self.now + seconds))

    async def write_elsewhere(self, body: bytes) -> None:
        """Write as another node does."""
        other = Register(lambda _: self.cells, SEAL, lambda: self.now, self.counters)
        await other.change(KEY, lambda _: Value(body, self.now + 600))

    async def read(self) -> bytes | None:
        found = await self.register.read(KEY)
        return None if found is None else found.body

    def stamp(self, number: int) -> Stamp:
        raw = self.cells[number].kept[KEY].raw
        assert raw is not None
        return SEAL.open(raw, KEY)

    def put(self, number: int, stamp: Stamp | bytes) -> None:
        raw = stamp if isinstance(stamp, bytes) else SEAL.close(stamp)
        self.cells[number].kept[KEY] = Seen(raw, object())


def stamp(name: str, epoch: int, counter: int, expires: float = NOW + 600) -> Stamp:
    write = name.encode().rjust(WRITE)
    return Stamp(KEY, epoch, counter, write, b"", expires, expires, False, name.encode())


async def test_a_write_is_in_every_cell() -> None:
    cluster = Cluster()
    await cluster.write(b"1")

    assert cluster.stamp(0) == cluster.stamp(1)
    assert await cluster.read() == b"1"
    assert cluster.counters == Counters()


async def test_the_newer_copy_wins_and_is_spread() -> None:
    cluster = Cluster()
    cluster.put(0, stamp("old", 0, 4))
    cluster.put(1, stamp("new", 0, 5))

    assert await cluster.read() == b"new"
    assert cluster.stamp(0).body == b"new"
    assert cluster.counters.repaired == 1


async def test_a_higher_epoch_wins_over_a_higher_counter() -> None:
    cluster = Cluster()
    cluster.put(0, stamp("thawed", 0, 9))
    cluster.put(1, stamp("new", 1, 5))

    assert await cluster.read() == b"new"


async def test_of_two_equals_the_later_in_rank_wins() -> None:
    cluster = Cluster()
    cluster.put(0, stamp("first", 0, 5))
    cluster.put(1, stamp("second", 0, 5))

    assert await cluster.read() == b"second"


async def test_a_cell_that_lost_its_copy_gets_it_again() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    cluster.cells[1].kept.clear()

    assert await cluster.read() == b"1"
    assert cluster.stamp(1).body == b"1"


async def test_passing_over_the_first_cell_raises_the_epoch() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    cluster.cells[0].state = "dead"
    await cluster.write(b"2")

    assert (cluster.stamp(1).epoch, cluster.stamp(1).body) == (1, b"2")
    assert cluster.counters.alone == 1


async def test_passing_over_the_last_cell_raises_no_epoch() -> None:
    cluster = Cluster()
    cluster.cells[1].state = "up"
    await cluster.write(b"1")
    cluster.cells[1].state = "dead"
    await cluster.write(b"2")

    assert (cluster.stamp(0).epoch, cluster.stamp(0).body) == (0, b"2")


async def test_what_a_frozen_cell_does_late_loses() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    frozen = cluster.cells[0]
    ahead = stamp("unacknowledged", 0, 7)
    frozen.state = "frozen"
    await cluster.write(b"2")
    await frozen.heal()
    cluster.put(0, ahead)

    assert await cluster.read() == b"2"
    assert cluster.stamp(0).body == b"2"


async def test_a_second_try_of_a_write_replaces_what_is_left_of_the_first() -> None:
    cluster = Cluster()
    first = stamp("same", 0, 2)
    cluster.put(0, first)
    cluster.put(1, first._replace(epoch=3, counter=4))
    await cluster.read()

    assert cluster.stamp(0).rank == cluster.stamp(1).rank


async def test_one_that_was_overtaken_learns_that_its_write_was_made() -> None:
    cluster = Cluster()
    await cluster.write(b"0")
    last, calls = cluster.cells[1], list[bytes | None]()
    honest = last.cas

    async def overtaken(key: str, raw: bytes, token: object, keep: float) -> bool:
        last.cas = honest  # type: ignore[method-assign]
        for body in (b"2", b"3"):
            await cluster.write_elsewhere(body)
        return await honest(key, raw, token, keep)

    def step(value: Value | None) -> Value:
        calls.append(value.body if value else None)
        return Value(b"1", cluster.now + 600)

    last.cas = overtaken  # type: ignore[method-assign]
    written = await cluster.register.change(KEY, step)

    assert calls == [b"0"]
    assert written is not None
    assert written.body == b"1"
    assert await cluster.read() == b"3"


async def test_one_that_was_overtaken_by_too_many_is_told_that_nobody_knows() -> None:
    cluster = Cluster()
    await cluster.write(b"0")
    last = cluster.cells[1]
    honest = last.cas

    async def overtaken(key: str, raw: bytes, token: object, keep: float) -> bool:
        last.cas = honest  # type: ignore[method-assign]
        for number in range(PAST + 2):
            await cluster.write_elsewhere(b"%d" % number)
        return await honest(key, raw, token, keep)

    last.cas = overtaken  # type: ignore[method-assign]

    with pytest.raises(Unavailable):
        await cluster.write(b"mine")


async def test_what_was_ended_stays_ended() -> None:
    cluster = Cluster()
    await cluster.write(b"1", seconds=600)
    await cluster.register.change(KEY, lambda _: None)

    assert await cluster.read() is None
    assert all(cluster.stamp(number).dead for number in (0, 1))


async def test_the_mark_of_an_end_outlives_every_copy() -> None:
    cluster = Cluster()
    kept: list[float] = []
    await cluster.write(b"long", seconds=6000)
    await cluster.write(b"short", seconds=60)
    kept.append(cluster.stamp(0).keep)
    await cluster.register.change(KEY, lambda _: None)

    assert kept == [NOW + 6000]
    assert cluster.stamp(1).keep == NOW + 6000


async def test_a_copy_that_thaws_after_the_end_does_not_revive() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    cluster.cells[0].state = "frozen"
    await cluster.register.change(KEY, lambda _: None)
    await cluster.cells[0].heal()

    assert await cluster.read() is None
    assert cluster.stamp(0).dead


async def test_ending_what_is_not_there_leaves_nothing() -> None:
    cluster = Cluster()
    await cluster.register.change(KEY, lambda _: None)

    assert [cell.kept for cell in cluster.cells] == [{}, {}]


async def test_what_is_over_is_none_though_it_is_kept() -> None:
    cluster = Cluster()
    await cluster.write(b"1", seconds=60)
    cluster.now += 60

    assert await cluster.read() is None
    await cluster.write(b"2")
    assert (cluster.stamp(0).counter, await cluster.read()) == (2, b"2")


async def test_a_step_that_changes_nothing_writes_nothing() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    before = cluster.stamp(0)
    await cluster.register.change(KEY, lambda value: value)

    assert cluster.stamp(0) == before


async def test_a_change_of_a_known_value_asks_no_cell_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    known, looks = await cluster.register.read(KEY), list[str]()
    for cell in cluster.cells:
        monkeypatch.setattr(cell, "look", looks.append)
    await cluster.register.change(KEY, lambda _: Value(b"2", NOW + 600), known)
    monkeypatch.undo()

    assert looks == []
    assert await cluster.read() == b"2"


async def test_a_known_value_that_another_node_has_replaced_is_asked_for_again() -> None:
    cluster, met = Cluster(), list[bytes]()
    await cluster.write(b"1")
    known = await cluster.register.read(KEY)
    await cluster.write_elsewhere(b"2")

    def step(value: Value | None) -> Value:
        assert value is not None
        met.append(value.body)
        return Value(value.body + b"3", NOW + 600)

    await cluster.register.change(KEY, step, known)
    assert met == [b"1", b"2"]
    assert await cluster.read() == b"23"


async def test_a_cell_that_was_silent_when_the_value_became_known_gets_the_change() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    cluster.cells[1].state = "frozen"
    known = await cluster.register.read(KEY)
    await cluster.cells[1].heal()
    await cluster.register.change(KEY, lambda _: Value(b"2", NOW + 600), known)

    assert cluster.stamp(1).body == b"2"


async def test_a_step_that_refuses_writes_nothing() -> None:
    cluster = Cluster()
    await cluster.write(b"1")

    def refuse(_: Value | None) -> Value:
        raise Conflict(None)

    with pytest.raises(Conflict):
        await cluster.register.change(KEY, refuse)
    assert await cluster.read() == b"1"


async def test_nobody_who_answers_is_unavailable() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    for cell in cluster.cells:
        cell.state = "dead"

    with pytest.raises(Unavailable):
        await cluster.read()
    with pytest.raises(Unavailable):
        await cluster.write(b"2")


async def test_a_miss_is_believed_if_all_answer() -> None:
    assert await Cluster().read() is None


async def test_a_miss_of_a_young_cell_alone_is_not_believed() -> None:
    cluster = Cluster()
    cluster.cells[0].state = "dead"

    with pytest.raises(Unavailable):
        await cluster.read()
    with pytest.raises(Unavailable):
        await cluster.write(b"1")
    assert (cluster.counters.unsure, cluster.cells[1].kept) == (2, {})


async def test_a_miss_of_an_old_cell_alone_is_believed() -> None:
    cluster = Cluster()
    cluster.cells[0].state = "dead"
    cluster.cells[1].is_old = True

    assert await cluster.read() is None
    await cluster.write(b"1")
    assert await cluster.read() == b"1"


async def test_a_forged_copy_is_replaced_by_the_other() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    cluster.put(0, b"\x80\x04cos\nsystem\n.")

    assert await cluster.read() == b"1"
    assert cluster.stamp(0).body == b"1"
    assert cluster.counters.forged == 1


async def test_a_forged_value_is_none_and_can_be_written_over() -> None:
    cluster = Cluster(1)
    cluster.put(0, b"forged")

    assert await cluster.read() is None
    await cluster.write(b"1")
    assert await cluster.read() == b"1"


async def test_a_forged_value_beside_a_silent_cell_proves_no_absence() -> None:
    cluster = Cluster()
    cluster.put(1, b"forged")
    cluster.cells[1].is_old = True
    cluster.cells[0].state = "dead"

    with pytest.raises(Unavailable):
        await cluster.read()


async def test_a_foreign_value_is_asked_for_again_over_another_connection() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    cluster.put(0, stamp("other", 9, 9)._replace(key="other"))

    assert await cluster.read() == b"1"
    assert (cluster.cells[0].distrusted, cluster.counters.foreign) == (1, 2)
    assert cluster.stamp(0).body == b"1"


async def test_what_is_too_large_touches_nothing() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    cluster.cells[1].limit = 1000

    with pytest.raises(TooLarge) as refused:
        await cluster.write(b"x" * 1000)
    assert 800 < refused.value.limit < 1000
    await cluster.write(b"x" * refused.value.limit)
    with pytest.raises(TooLarge):
        await cluster.write(b"x" * (refused.value.limit + 1))


async def test_a_full_cell_is_as_one_that_does_not_answer() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    cluster.cells[0].is_full = True
    await cluster.write(b"2")

    assert (await cluster.read(), cluster.stamp(1).epoch) == (b"2", 1)
    cluster.cells[1].is_full = True
    with pytest.raises(StorageFull):
        await cluster.write(b"3")


async def test_nothing_is_ever_set_or_deleted_blindly() -> None:
    cluster = Cluster()
    await cluster.write(b"1")
    token = cluster.cells[0].kept[KEY].token
    await cluster.write(b"2")

    assert not await cluster.cells[0].cas(KEY, b"late", token, NOW)
    assert cluster.cells[0].kept.get("other", NOTHING) is NOTHING
