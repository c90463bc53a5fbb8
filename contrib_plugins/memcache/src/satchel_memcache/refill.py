"""Refilling: a host that began empty, or is home to more, gets what the others keep."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO

from satchel_hookspecs import StorageFull, Unavailable
from satchel_memcache.birth import Birth, Known
from satchel_memcache.counters import Counters
from satchel_memcache.host import Host
from satchel_memcache.line import Line

TIMEOUT = 5.0
LOCK = 30
SPOOL = 4 * 1024 * 1024
TOGETHER, BYTES = 64, 768 * 1024
ITS_OWN = ":host:"
log = logging.getLogger(__name__)


class Refill:
    """Looks for such a host every ``pause`` seconds; one node at a time fills it.

    Then the host is marked: it knows of everything, so that its word alone proves an absence.

    Each item is added where it is missing, as it lies in another host, so that what is there
    already, and is newer, stays. Values that change meanwhile are written to both hosts anyway.
    """

    def __init__(
        self,
        hosts: Sequence[Host],
        birth: Birth,
        homes_of: Callable[[str], Sequence[Host]],
        prefix: str,
        counters: Counters,
        pause: float,
    ) -> None:
        self._hosts = hosts
        self._birth = birth
        self._homes_of = homes_of
        self._prefix = f"{prefix}:"
        self._lock = f"{prefix}{ITS_OWN}filling"
        self._its_own = (birth.key, f"{prefix}{ITS_OWN}")
        self._counters = counters
        self._pause = pause
        self._told = ""

    async def run(self) -> None:
        """Go on until it is cancelled."""
        while True:
            await asyncio.sleep(self._pause)
            try:
                await self._look()
            except Unavailable:
                continue  # the health says who is away
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                self._tell(f"A memcached host that lacks values is not filled yet: {error}")

    async def _look(self) -> None:
        known = await self._birth.read(self._hosts)
        # Every node has to know first that the host is back: one that does not writes past it.
        young = [each for each in known if self._birth.is_young(each, self._pause)]
        if young:
            await self._fill(young[0], known)

    async def _fill(self, young: Known, known: Sequence[Known]) -> None:
        if not await young.host.add(self._lock, b"1", LOCK):
            return  # another node is at it
        sources = [each.host for each in known if each.host is not young.host]
        pouring = _Pouring(young.host, sources, self._is_home)
        try:
            await self._while_locked(young.host, pouring)
            # Not if it has begun again meanwhile: the token is of before.
            if await self._birth.finish(young):
                self._tell(f"{young.host.name} has everything now that is kept elsewhere.")
        finally:
            young.host.delete([self._lock]).add_done_callback(_forget)

    async def _while_locked(self, host: Host, pouring: "_Pouring") -> None:
        running = asyncio.create_task(asyncio.to_thread(pouring.run))
        try:
            while not running.done():
                await asyncio.wait({running}, timeout=LOCK / 3)
                await host.touch([self._lock], LOCK)
        finally:
            pouring.stop()
            await asyncio.wait({running})
            self._counters.repaired += pouring.brought
        running.result()

    def _tell(self, news: str) -> None:
        if news != self._told:
            log.warning("%s", news)
        self._told = news

    def _is_home(self, host: Host, key: str) -> bool:
        if not key.startswith(self._prefix) or key.startswith(self._its_own):
            return False
        return key.isascii() and key.split() == [key] and host in self._homes_of(key)


class _Pouring:
    """In a thread: what belongs on the target is read from the sources, a few at a time."""

    def __init__(
        self,
        target: Host,
        sources: Sequence[Host],
        is_home: Callable[[Host, str], bool],
    ) -> None:
        self._target = target
        self._sources = sources
        self._is_home = is_home
        self._stopped = threading.Event()
        self._lines = list[Line]()
        self.brought = 0

    def stop(self) -> None:
        """End soon, if it has not ended."""
        self._stopped.set()
        for line in self._lines:
            line.abort()

    def run(self) -> None:
        """Return when all is there; raise what went wrong."""
        hosts = (self._target, *self._sources)
        target, *sources = self._lines = [host.open_line(timeout=TIMEOUT) for host in hosts]
        try:
            for source in sources:
                self._pour(source, target)
        finally:
            for line in self._lines:
                line.close()

    def _pour(self, source: Line, target: Line) -> None:
        # The list comes faster than the items: whoever reads it slowly holds up the host.
        with SpooledTemporaryFile(SPOOL) as names:
            for key, ends, size in source.list_keys():
                if self._is_home(self._target, key):
                    names.write(f"{key} {ends} {size}\n".encode())
            names.seek(0)
            for batch in _batches(names):
                began = time.monotonic()
                self._copy(batch, source, target)
                # As long as it took, the hosts have for others.
                if self._stopped.wait(time.monotonic() - began):
                    raise Unavailable("This node ends.")

    def _copy(self, batch: dict[str, int], source: Line, target: Line) -> None:
        found = source.fetch(list(batch))
        adding = [
            (f"add {key} 0 {batch[key]} {len(raw)}\r\n".encode(), raw, b"\r\n")
            for key, (raw, _) in found.items()
        ]
        answers = target.talk(adding) if adding else []
        if any(answer.startswith(b"SERVER_ERROR") for answer in answers):
            raise StorageFull(f"{self._target.name} refuses to keep more.")
        self.brought += answers.count(b"STORED")


def _batches(names: "IO[bytes]") -> Iterator[dict[str, int]]:
    """Keys and when each ends, as many as are asked for at a time."""
    batch, taken = dict[str, int](), 0
    for line in names:
        key, ends, size = line.decode().split()
        batch[key] = int(ends)
        taken += int(size)
        if taken >= BYTES or len(batch) == TOGETHER:
            yield batch
            batch, taken = {}, 0
    if batch:
        yield batch


def _forget(answer: "asyncio.Future[Sequence[bytes]]") -> None:
    _ = answer.cancelled() or answer.exception()
