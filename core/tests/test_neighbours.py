"""Nodes that use one medium, and nodes that do not."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from satchel.neighbours import Neighbours
from satchel.plugins.active import Active
from satchel.sessions import KeyRing, Records
from satchel_hookspecs import MemorySessions, PluginContext, Unavailable

HOUR = 3600.0
Node = Callable[[str, str | None], Neighbours]


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Files:
    name: str | None
    apart: str = field(default="Mount one share.")

    def medium(self) -> str | None:
        return self.name


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(clock: Clock) -> Records:
    context = PluginContext("m", "n", clock, logging.getLogger(), (), {}, None)
    return Records(MemorySessions(None, context), KeyRing(["s" * 32]))


@pytest.fixture
def node(records: Records, clock: Clock) -> Node:
    def make(name: str, medium: str | None) -> Neighbours:
        context = PluginContext("files", name, clock, logging.getLogger(), (), {}, None)
        active = Active(
            "attachments:files", "attachments", Files(medium), context, False, False, "p"
        )
        other = Active("session:db", "session", object(), context, False, False, "p")
        return Neighbours(records, (active, other), name, clock)

    return make


async def test_nodes_with_one_medium_have_nothing_to_say(node: Node) -> None:
    assert await node("a", "share").announce() == []
    assert await node("b", "share").announce() == []
    assert await node("a", "share").announce() == []


async def test_each_node_names_those_that_use_another(node: Node) -> None:
    await node("a", "one").announce()
    [of_b] = await node("b", "two").announce()
    of_a = await node("a", "one").announce()
    of_c = await node("c", "two").announce()

    assert str(of_b) == (
        '"attachments:files": node "a" does not use the medium of this one. Mount one share.'
    )
    assert ['node "b"' in one.summary for one in of_a] == [True]
    assert ['node "a"' in one.summary for one in of_c] == [True]


async def test_a_node_that_was_given_another_folder_is_alone_with_it(node: Node) -> None:
    await node("a", "one").announce()

    assert await node("a", "two").announce() == []


async def test_who_was_not_heard_of_for_an_hour_is_forgotten(node: Node, clock: Clock) -> None:
    await node("a", "one").announce()
    clock.now += HOUR + 1

    assert await node("b", "two").announce() == []


async def test_a_store_that_needs_no_shared_medium_is_left_out(node: Node) -> None:
    await node("a", "one").announce()

    assert await node("b", None).announce() == []
    assert await node("c", None).look() == []


async def test_a_look_tells_nobody(node: Node) -> None:
    await node("a", "one").announce()

    assert len(await node("b", "two").look()) == 1
    assert await node("a", "one").announce() == []


async def test_what_was_sealed_under_another_secret_tells_nothing(
    node: Node, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    await node("a", "one").announce()
    monkeypatch.setattr(records, "_keyring", KeyRing(["t" * 32]))

    assert await node("b", "two").look() == []


async def test_what_is_found_is_logged_once_and_a_store_that_is_down_stops_nothing(
    node: Node, records: Records, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await node("a", "one").announce()
    monkeypatch.setattr("satchel.neighbours.ANNOUNCE_SECONDS", 0.0)
    change, rounds, enough = records.change, 0, asyncio.Event()

    async def at_times(*given: object) -> object:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise Unavailable("down")
        if rounds == 4:
            enough.set()
        return await change(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(records, "change", at_times)
    with caplog.at_level(logging.WARNING, "satchel.neighbours"):
        watching = asyncio.create_task(node("b", "two").watch())
        await asyncio.wait_for(enough.wait(), 10)
        watching.cancel()
        await asyncio.wait({watching})

    assert [record.message.count('node "a"') for record in caplog.records] == [1]


async def test_a_store_that_fails_to_name_its_medium_is_logged_and_asked_again(
    node: Node, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await node("a", "one").announce()
    monkeypatch.setattr("satchel.neighbours.ANNOUNCE_SECONDS", 0.0)
    rounds, enough = 0, asyncio.Event()

    def at_times(files: Files) -> str | None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise RuntimeError("no such folder")
        if rounds == 3:
            enough.set()
        return files.name

    monkeypatch.setattr(Files, "medium", at_times)
    watching = asyncio.create_task(node("b", "two").watch())
    await asyncio.wait_for(enough.wait(), 10)
    watching.cancel()
    await asyncio.wait({watching})

    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
