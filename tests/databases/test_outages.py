"""Servers that freeze, die, are promoted and come back."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import literal, select

from satchel_hookspecs import Position, Unavailable, position
from tests.databases.nodes import Opened, heal, open_nodes
from tests.databases.test_faults import add, ids, make_notes
from tests.servers.databases import Pair
from tests.servers.mariadb import Mariadb


async def test_a_frozen_writer_costs_a_caller_its_deadline_and_later_ones_nothing(
    own_pair: Pair, open_node: Opened
) -> None:
    node = await open_node(db_dsnw=own_pair.primary.dsn, deadline=1)
    await make_notes(node, own_pair)
    await asyncio.gather(*(ids(node) for _ in range(5)))
    loop = asyncio.get_running_loop()

    async def fail(work: Any) -> float:
        began = loop.time()
        with pytest.raises(Unavailable):
            await work
        return loop.time() - began

    own_pair.primary.freeze()
    async with asyncio.timeout(20):
        first = await asyncio.gather(*(fail(ids(node)) for _ in range(20)), fail(add(node, 1)))
        later = [await fail(ids(node)) for _ in range(20)]
    own_pair.primary.thaw()

    assert max(first) < 1.5
    assert sum(later) < 0.5
    await heal(node)
    await add(node, 2)
    assert 2 in await ids(node)


@pytest.mark.parametrize("works", ["alone", "in transactions"])
async def test_callers_one_by_one_that_need_connections_are_refused_at_once_after_the_first(
    works: str, own_pair: Pair, open_node: Opened
) -> None:
    node = await open_node(db_dsnw=own_pair.primary.dsn, deadline=0.5)
    await make_notes(node, own_pair)
    loop = asyncio.get_running_loop()
    took = []

    async def ask() -> None:
        if works == "alone":
            await node.look_up(select(literal(1)))
        else:
            await ids(node)

    own_pair.primary.freeze()
    for _ in range(12):
        began = loop.time()
        with pytest.raises(Unavailable):
            await ask()
        took.append(loop.time() - began)
    own_pair.primary.thaw()

    assert max(took) < 1
    assert max(took[-6:]) < 0.1
    await heal(node)


def get_transport(connection: SyncConnection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver._transport


async def test_the_end_of_a_node_cuts_what_a_frozen_server_does_not_close(own_pair: Pair) -> None:
    loop = asyncio.get_running_loop()
    async with open_nodes() as open_node:
        node = await open_node(db_dsnw=own_pair.primary.dsn, deadline=1)
        async with AsyncExitStack() as stack:
            blocks = [await stack.enter_async_context(node.write()) for _ in range(3)]
            transports = [await each.run(get_transport) for each in blocks]
        open_before = [not transport.is_closing() for transport in transports]
        own_pair.primary.freeze()
        began = loop.time()
    took = loop.time() - began
    own_pair.primary.thaw()

    assert open_before == [True] * 3
    assert took < 3
    assert all(transport.is_closing() for transport in transports)


async def test_the_writable_one_of_several_hosts_is_found_before_and_after_a_promotion(
    own_pair: Pair, open_node: Opened
) -> None:
    primary, replica = own_pair.primary, own_pair.replica
    both = primary.dsn.replace(
        f"@{primary.host}:{primary.port}/",
        f"@{replica.host}:{replica.port},{primary.host}:{primary.port}/",
    )
    node = await open_node(db_dsnw=both, db_dsnr="", deadline=3)
    await make_notes(node, own_pair)
    await add(node, 1)
    own_pair.even()

    primary.kill()
    replica.promote()
    await add(node, 2)
    position.set(Position())

    assert await ids(node) == [1, 2]
    assert replica.sql("SELECT count(*) FROM notes", "mail") == "2"


async def test_a_primary_that_comes_back_is_not_written(own_pair: Pair, open_node: Opened) -> None:
    if isinstance(own_pair.primary, Mariadb):
        pytest.skip("MariaDB has no timelines: its operator keeps an old primary read only")
    primary, replica = own_pair.primary, own_pair.replica
    hosts = f"@{primary.host}:{primary.port},{replica.host}:{replica.port}/"
    node = await open_node(
        db_dsnw=primary.dsn.replace(f"@{primary.host}:{primary.port}/", hosts), deadline=3
    )
    await make_notes(node, own_pair)
    own_pair.even()
    primary.kill()
    replica.promote()
    await add(node, 1)

    primary.start()
    await asyncio.gather(*(add(node, id) for id in range(2, 9)))
    replica.kill()
    with pytest.raises(Unavailable):
        await add(node, 9)

    assert primary.sql("SELECT count(*) FROM notes", "mail") == "0"
