"""The hosts of a DSN: all are asked at the same time, and the best that fits is taken."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from satchel_database.dsn import Dsn, Host
from satchel_database.errors import UnfitServer
from satchel_hookspecs import Unavailable

GRACE = 0.2
Found = TypeVar("Found")
log = logging.getLogger(__name__)


class NoHost(OSError):
    """None of the hosts can be used; ``reasons`` says why, host by host."""

    def __init__(self, reasons: Sequence[tuple[str, Exception]]) -> None:
        super().__init__("; ".join(f"{name}: {error}" for name, error in reasons))
        self.reasons = reasons


def places(dsn: Dsn) -> list[Host | None]:
    """The hosts to ask; ``None`` stands for a socket or the driver's usual place."""
    return list(dsn.hosts) or [None]


def writable(writer: Dsn, is_writer: bool) -> Exception:
    """What is wrong with a reader that can be written.

    Where the writer has several hosts it may have become the writer, and will follow again.
    """
    if is_writer and len(writer.hosts) > 1:
        return Unavailable("It is the writer itself at the moment, and no replica.")
    return UnfitServer("It can be written, and is no replica: name one, or set it read only.")


async def take_best(
    hosts: Sequence[Host | None],
    connect: Callable[[Host | None], Awaitable[Found]],
    rank: Callable[[Found], int],
    close: Callable[[Found], Awaitable[None]],
) -> Found:
    """Connect to every host and keep the connection of the highest rank, the earlier if equal.

    A host that is slow has ``GRACE`` seconds more than the first that fits, so that one which is
    frozen costs nobody a deadline.
    """
    tasks = [asyncio.ensure_future(_connected(connect, host)) for host in hosts]
    kept: asyncio.Task[Found] | None = None
    try:
        await _some(tasks)
        found = [task for task in tasks if task.done() and not task.exception()]
        if not found:
            raise NoHost(_reasons(hosts, tasks))
        kept = max(found, key=lambda task: rank(task.result()))
        return kept.result()
    finally:
        for task in tasks:
            is_over = task.cancel() or task.cancelled() or task.exception()
            if task is not kept and not is_over:
                await close(task.result())


async def _connected(
    connect: Callable[[Host | None], Awaitable[Found]], host: Host | None
) -> Found:
    return await connect(host)


async def _some(tasks: Sequence[asyncio.Task[Found]]) -> None:
    pending = set(tasks)
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        if any(task.exception() is None for task in done):
            break
    if pending:
        await asyncio.wait(pending, timeout=GRACE)


def _reasons(
    hosts: Sequence[Host | None], tasks: Sequence[asyncio.Task[Found]]
) -> list[tuple[str, Exception]]:
    names = [f"{host.name}:{host.port or ''}".rstrip(":") if host else "socket" for host in hosts]
    errors = [task.exception() for task in tasks]
    return [(n, e) for n, e in zip(names, errors, strict=True) if isinstance(e, Exception)]
