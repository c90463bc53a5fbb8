"""A reader that outlives its writer, and a writer that outlives its reader."""

import asyncio

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, text

from satchel_hookspecs import Unavailable
from tests.databases.nodes import Opened, heal
from tests.databases.test_readers import add, look, open_both, writes
from tests.servers.databases import Pair

NOTES = Table("notes", MetaData(), Column("body", String(100), primary_key=True))


async def test_with_the_writer_down_a_write_is_unavailable_and_reaches_no_reader(
    own_pair: Pair, open_node: Opened
) -> None:
    node = await open_both(open_node, own_pair, deadline=2)
    await add(node, "kept")
    own_pair.even()
    own_pair.replica.start_log()
    await look(node)
    own_pair.primary.kill()

    with pytest.raises(Unavailable):
        await add(node, "lost")
    with pytest.raises(Unavailable):
        await node.change_all(insert(NOTES), [{"body": "lost"}, {"body": "too"}])
    with pytest.raises(Unavailable):
        async with node.write(leaves_position=False) as connection:
            await connection.execute(insert(NOTES), {"body": "lost"})
    with pytest.raises(Unavailable):
        await node.change(text("DELETE FROM notes"))
    with pytest.raises(Unavailable):
        await node.look_up(text("SELECT body FROM notes"))

    assert await look(node) == ["kept"]
    assert own_pair.replica.counts("select body from notes") == 2
    assert writes(own_pair.replica) == {}
    assert (await node.plugin_health()).state == "failed"
    own_pair.primary.start()
    await add(node, "new")
    assert (await node.plugin_health()).state == "ok"


async def test_a_reader_that_freezes_dies_and_returns_costs_nobody_more_than_a_blink(
    own_pair: Pair, open_node: Opened
) -> None:
    node = await open_both(open_node, own_pair, deadline=3)
    loop = asyncio.get_running_loop()
    await asyncio.gather(*(look(node) for _ in range(8)))

    own_pair.replica.freeze()
    began = loop.time()
    await asyncio.gather(*(look(node) for _ in range(8)))
    first = loop.time() - began
    began = loop.time()
    for _ in range(10):
        await look(node)
    later = loop.time() - began
    health = await node.plugin_health()
    own_pair.replica.thaw()
    own_pair.replica.kill()
    began = loop.time()
    for _ in range(10):
        await look(node)
    dead = loop.time() - began
    own_pair.replica.start()

    assert first < 1
    assert later < 0.5
    assert dead < 1
    assert health.state == "degraded"
    assert "The writer answers in its place" in health.detail
    own_pair.even()
    await heal(node)
