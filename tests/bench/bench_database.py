"""Sessions of 2 KB in each database, against the same statements through the bare driver."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

from satchel_hookspecs import ABSENT, Version
from tests.bench import Measurement
from tests.bench.bare import open_bare
from tests.bench.databases import KINDS, open_dsn, open_sessions

SIZE, SESSIONS = 2048, 1000
SECONDS, ROUNDS = 0.05, 45  # short turns: a machine that others use is slow for longer ones
TARGET = 1 / 0.6
KEYS = [f"{number:064x}" for number in range(SESSIONS)]

Work = Callable[[str], Awaitable[object]]


def measure() -> Iterator[Measurement]:
    """Read and write with 1, 16 and 64 callers at a time."""
    for kind in KINDS:
        with open_dsn(kind) as dsn:
            yield from asyncio.run(compare(kind, dsn))


async def compare(kind: str, dsn: str) -> list[Measurement]:
    """Each work at each number of callers, in turns with the bare driver."""
    results = []
    async with open_store(dsn) as (read, write), open_bare(dsn) as (bare_read, bare_write):
        pairs = (("read", read, bare_read), ("write", write, bare_write))
        for (name, ours, bare), callers in itertools.product(pairs, (1, 16, 64)):
            both = [(await cost(ours, callers), await cost(bare, callers)) for _ in range(ROUNDS)]
            mine, theirs = (sorted(column)[ROUNDS // 2] for column in zip(*both, strict=True))
            subject = f"{kind}: {name} a session, {callers} at a time"
            results.append(Measurement(subject, mine, "the bare driver", theirs, TARGET))
    return results


@asynccontextmanager
async def open_store(dsn: str) -> AsyncIterator[tuple[Work, Work]]:
    """How the store reads and writes, with all sessions there."""
    async with open_sessions(dsn) as store:
        versions: dict[str, Version] = {}
        for key in KEYS:
            versions[key] = await store.session_write(key, bytes(SIZE), ABSENT, 86400, "anna")

        async def write(key: str) -> None:
            versions[key] = await store.session_write(
                key, bytes(SIZE), versions[key], 86400, "anna"
            )

        yield store.session_read, write


async def cost(work: Work, callers: int) -> float:
    """Seconds a call takes, of all the time that so many callers spend together."""
    done, end = 0, time.perf_counter() + SECONDS

    async def call(keys: Iterator[str]) -> None:
        nonlocal done
        while time.perf_counter() < end:
            await work(next(keys))
            done += 1

    began = time.perf_counter()
    await asyncio.gather(*(call(itertools.cycle(KEYS[n::callers])) for n in range(callers)))
    return (time.perf_counter() - began) / done
