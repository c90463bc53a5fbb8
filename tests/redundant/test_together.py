"""Nodes that bring one piece into the database at the same time."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from satchel_attachments_database import Unwritten
from satchel_attachments_redundant import RedundantAttachments, copies
from satchel_hookspecs import BLOCK, Unavailable
from satchel_hookspecs.group import Piece
from tests.redundant.conftest import Cluster
from tests.redundant.node import REF, content_of, open_group, upload

PLACE = REF.place
CONTENT = os.urandom(6 * BLOCK + 9)
Step = Callable[..., Awaitable[Any]]  # Any: what the step returns


class Held:
    """A step that waits, each time, until it is let go."""

    def __init__(self, step: Step) -> None:
        self.reached, self.let_go = asyncio.Event(), asyncio.Event()
        self._step = step

    async def hold(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Begin the work, which comes as far as this step."""
        task, reaching = asyncio.create_task(work), asyncio.create_task(self.reached.wait())
        await asyncio.wait({task, reaching}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        assert self.reached.is_set()
        return task

    async def __call__(self, *arguments: object) -> object:
        self.reached.set()
        await self.let_go.wait()
        return await self._step(*arguments)


async def after_an_outage(cluster: Cluster) -> tuple[RedundantAttachments, RedundantAttachments]:
    """Two nodes that look after nothing by themselves, and a file that the database lacks."""
    one, two = await cluster.open("one"), await cluster.open("two")
    await open_group(one)
    for node in (one, two):
        await node._recovery._turn.acquire()
    one._media.gate.close(Unavailable("It is away."))
    await upload(one, CONTENT)
    one._media.gate.open()
    return one, two


async def piece_of(node: RedundantAttachments) -> Piece:
    """The only one there is."""
    group = await node._recovery.group_at(PLACE)
    assert group is not None
    return group.entries[0].pieces[0]


async def secure(node: RedundantAttachments) -> None:
    await node._media.copies.secure(PLACE, await piece_of(node))


async def leave(cluster: Cluster, node: RedundantAttachments, rows: str) -> None:
    """Let a superuser put a row in the place of the piece."""
    values = [
        repr((await piece_of(node)).name),
        repr(PLACE.owner),
        repr(PLACE.group),
        rows,
        "9e9",
    ]
    cluster.change_rows(f"INSERT INTO {{pieces}} VALUES ({', '.join(values)})")  # noqa: S608


NONE = ""
HALF = "NULL, 0"
RUINED = "7, 0"


@pytest.mark.parametrize(
    ("rows", "step"),
    [(NONE, "write"), (HALF, "give_up"), (HALF, "write"), (RUINED, "give_up"), (RUINED, "write")],
    ids=["none", "half", "half_given_up", "ruined", "ruined_given_up"],
)
async def test_a_node_that_comes_late_harms_nothing_that_another_has_brought(
    rows: str, step: str, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has seen the piece missing, or in ruins, before the other brought it."""
    one, two = await after_an_outage(cluster)
    if rows:
        await leave(cluster, one, rows)
    held = Held(getattr(two._media.pieces, step))
    monkeypatch.setattr(two._media.pieces, step, held)
    late = await held.hold(secure(two))
    await secure(one)
    held.let_go.set()
    await asyncio.wait({late})

    assert isinstance(late.exception(), Unwritten | None)
    cluster.files("one")[0].unlink()
    assert await content_of(two) == CONTENT
    assert one._media.gate.reason is two._media.gate.reason is None


async def test_what_another_node_may_be_writing_is_left_to_it_for_some_seconds(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await after_an_outage(cluster)
    await leave(cluster, one, f"NULL, {time.time()}")
    with pytest.raises(Unwritten):
        await secure(two)
    assert cluster.rows("coalesce(frames, -1)", "pieces") == ["-1"]
    monkeypatch.setattr(copies, "HALF_TIME", 0.0)
    await secure(two)

    assert cluster.rows("frames", "pieces") == ["7"]
    assert two._media.gate.reason is None


async def test_a_memcached_that_is_away_is_not_taken_for_a_database_that_is(
    cluster: Cluster,
) -> None:
    _, two = await after_an_outage(cluster)
    work = two._media.copies.secure(PLACE, await piece_of(two))
    for host in cluster.hosts:
        host.kill()

    with pytest.raises(Unavailable):
        await work
    assert two._media.gate.reason is None
