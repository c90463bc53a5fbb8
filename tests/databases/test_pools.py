"""How many connections a node takes: never more than it was given."""

import asyncio
import os
import time
from typing import Any

import psutil
import pytest
from sqlalchemy import text

from satchel_database import Database
from satchel_hookspecs import Unavailable
from tests.databases.nodes import Opened
from tests.databases.test_readers import look, open_both
from tests.servers.databases import Pair, Server
from tests.servers.mariadb import Mariadb

GIVEN = 3


def taken(server: Server) -> int:
    """How many connections this process has to a server, or waits for."""
    found = psutil.Process(os.getpid()).net_connections("tcp")
    waiting = (psutil.CONN_ESTABLISHED, psutil.CONN_SYN_SENT)
    return sum(
        bool(each.raddr) and each.raddr.port == server.port and each.status in waiting
        for each in found
    )


async def most_taken(server: Server, work: "asyncio.Future[list[Any]]") -> int:
    """The most connections that are seen while some work goes on."""
    most = 0
    while not work.done():
        most = max(most, taken(server))
        await asyncio.sleep(0.005)
    return most


async def busy(node: Database, server: Server) -> None:
    wait = "SELECT SLEEP(0.02)" if isinstance(server, Mariadb) else "SELECT pg_sleep(0.02)"
    await node.look_up(text(wait))


async def test_under_load_a_node_takes_what_it_was_given_of_each_server(
    pair: Pair, open_node: Opened
) -> None:
    node = await open_both(open_node, pair, connections=GIVEN)
    others = taken(pair.primary), taken(pair.replica)

    writing = asyncio.gather(*(busy(node, pair.primary) for _ in range(40)))
    at_writer = await most_taken(pair.primary, writing)
    reading = asyncio.gather(*(look(node) for _ in range(200)))
    at_reader = await most_taken(pair.replica, reading)

    assert (at_writer - others[0], at_reader - others[1]) == (GIVEN, GIVEN)


async def test_of_a_server_that_hangs_no_more_connections_are_taken(
    own_pair: Pair, open_node: Opened
) -> None:
    node = await open_node(db_dsnw=own_pair.primary.dsn, connections=GIVEN, deadline=2)
    await asyncio.gather(*(busy(node, own_pair.primary) for _ in range(10)))

    async def wait_in_vain() -> None:
        with pytest.raises(Unavailable):
            await busy(node, own_pair.primary)

    own_pair.primary.freeze()
    ends = time.monotonic() + 3
    most = 0
    while time.monotonic() < ends:
        waiting = asyncio.gather(*(wait_in_vain() for _ in range(30)))
        most = max(most, await most_taken(own_pair.primary, waiting))
    own_pair.primary.thaw()

    # One more asks whether the server answers again, and asyncpg cancels over others.
    cancelling = 0 if isinstance(own_pair.primary, Mariadb) else GIVEN
    assert GIVEN <= most <= GIVEN + cancelling + 1
