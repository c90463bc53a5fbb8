"""Which of several hosts is taken, and what becomes of the others."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from satchel_database.dsn import Host
from satchel_database.hosts import NoHost, take_best

HOSTS = [Host("old"), Host("new"), Host("dead"), Host("frozen")]
RANKS = {"old": 1, "new": 2}


class Network:
    """Hosts that answer, or do not, and what was connected to and closed."""

    def __init__(self) -> None:
        self.closed: list[str] = []
        self.left: list[str] = []
        self.connected = asyncio.Event()

    async def connect(self, host: Host | None) -> str:
        assert host is not None
        if host.name == "dead":
            raise ConnectionRefusedError("refused")
        if host.name == "frozen":
            await self._hang(host.name)
        self.connected.set()
        return host.name

    async def close(self, name: str) -> None:
        self.closed.append(name)

    async def _hang(self, name: str) -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            self.left.append(name)
            raise


@pytest.fixture
async def network() -> Network:
    return Network()


async def test_the_best_is_kept_and_every_other_is_closed(network: Network) -> None:
    found = await take_best(HOSTS, network.connect, RANKS.__getitem__, network.close)
    await asyncio.sleep(0)

    assert found == "new"
    assert network.closed == ["old"]
    assert network.left == ["frozen"]


async def test_a_caller_that_leaves_leaves_no_connection_open(network: Network) -> None:
    taking = asyncio.ensure_future(
        take_best(HOSTS, network.connect, RANKS.__getitem__, network.close)
    )
    await network.connected.wait()
    await asyncio.sleep(0)
    taking.cancel()
    await asyncio.wait({taking})

    assert taking.cancelled()
    assert sorted(network.closed) == ["new", "old"]
    assert network.left == ["frozen"]


async def test_where_none_can_be_used_each_says_why(network: Network) -> None:
    connect: Callable[[Host | None], Awaitable[str]] = network.connect

    with pytest.raises(NoHost, match="dead: refused; dead: refused"):
        await take_best([HOSTS[2]] * 2, connect, RANKS.__getitem__, network.close)
    assert network.closed == []
