"""One memcached host, asked from the event loop; it costs its deadline at the most."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from satchel_hookspecs import StorageFull, TooLarge, Unavailable
from satchel_memcache.address import Address
from satchel_memcache.breaker import Breaker
from satchel_memcache.call import Call, Fetch, Run, Talk
from satchel_memcache.counters import Counters
from satchel_memcache.line import Line
from satchel_memcache.seen import Seen, Token
from satchel_memcache.waiting import Waiting
from satchel_memcache.worker import Answers, Worker

Answer = TypeVar("Answer")
Keyed = tuple[str, Sequence[bytes]]
"""A key, and in parts what is to be kept under it."""

OVERHEAD = 512
TOUCHED = b"TOUCHED"
PATIENCE = 10.0


class Host:
    """Commands to one host. Each raises ``Unavailable`` when it is not answered in time.

    After one failure all are refused at once, until a probe in the background is answered.
    """

    def __init__(
        self,
        address: Address,
        timeout: float,
        retry: float,
        greet: Callable[[], bytes],
        counters: Counters,
    ) -> None:
        self.name = address.name
        self._timeout = timeout
        self._counters = counters
        self.open_line = partial(Line, address, greet=greet)
        self._line = self.open_line(timeout=timeout)
        self._worker = Worker(self._line, self._deliver_later)
        self._breaker = Breaker(self._probe, retry)
        self._waiting, self._probing = Waiting(self._refuse_late), Waiting(self._refuse_late)

    def start(self) -> None:
        """Begin to answer, on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._worker.start()

    async def close(self) -> None:
        """Answer no more; the calls that wait are ``Unavailable``."""
        self._breaker.close()
        self._worker.stop()
        await asyncio.to_thread(self._worker.join, 2 * self._timeout)
        for call in [*self._waiting.close(), *self._probing.close()]:
            self._refuse(call, "the plugin is closed")

    @property
    def trouble(self) -> str | None:
        """Why the host is not asked at the moment; ``None`` when it is."""
        return self._breaker.reason

    @property
    def limit(self) -> int | None:
        """How many bytes a value may have; ``None`` before the host has said so."""
        item = self._line.item_limit
        return None if item is None else item - OVERHEAD

    def look(self, key: str) -> asyncio.Future[Seen]:
        """What is under the key; the question is on its way before the answer is awaited."""
        return self._put(Fetch(*self._expect(), key))

    async def add(self, key: str, raw: bytes, exptime: int) -> bool:
        """Keep the bytes; false when something is there."""
        return self._is_stored(await self._store("add", [(key, [raw])], exptime))

    async def cas(self, key: str, raw: bytes, token: Token, exptime: int) -> bool:
        """Replace the state that the token names; false when it is another."""
        return self._is_stored(await self._store("cas", [(key, [raw])], exptime, token))

    def set(self, items: Sequence[Keyed], exptime: int) -> asyncio.Future[Sequence[bytes]]:
        """Keep these items, whatever is there; see ``refusal``."""
        return self._store("set", items, exptime)

    def refusal(self, answers: Sequence[bytes]) -> StorageFull | None:
        """Why the host keeps no more, if that is what it answered."""
        for answer in answers:
            if answer.startswith(b"SERVER_ERROR"):
                said = answer.decode(errors="replace")
                return StorageFull(f"{self.name} refuses to keep more: {said}")
        return None

    def touch(self, keys: Sequence[str], exptime: int) -> asyncio.Future[Sequence[bytes]]:
        """Keep what is there until another time; ``TOUCHED``, or nothing is there, for each key."""
        return self._ask_lines([f"touch {key} {exptime}" for key in keys])

    def delete(self, keys: Sequence[str]) -> asyncio.Future[Sequence[bytes]]:
        """Forget what is there, if anything."""
        return self._ask_lines([f"delete {key}" for key in keys])

    def _is_stored(self, answers: Sequence[bytes]) -> bool:
        if (refusal := self.refusal(answers)) is not None:
            raise refusal
        return answers[0] == b"STORED"

    async def run(self, function: Callable[[Line], Answer]) -> Answer:
        """Do something else with the line, in the host's thread."""
        done: Answer = await self._put(Run(*self._expect(), function))
        return done

    def distrust(self) -> None:
        """Close the connection: what it answered was not what was asked."""
        self._counters.closed += 1
        self._worker.put(Run(*self._expect(), Line.close))

    def _store(
        self, verb: str, items: Sequence[Keyed], exptime: int, token: Token | None = None
    ) -> asyncio.Future[Sequence[bytes]]:
        number, life = (b" " + token.number, token.life) if token else (b"", None)
        commands, total, limit = [], 0, self.limit
        for key, parts in items:
            size = sum(map(len, parts))
            if limit is not None and size > limit:
                refused = self._loop.create_future()
                refused.set_exception(TooLarge(limit))
                return refused
            head = f"{verb} {key} 0 {exptime} {size}".encode()
            commands.append((head, number, b"\r\n", *parts, b"\r\n"))
            total += size
        return self._put(Talk(*self._expect(), commands, total, life))

    def _ask_lines(self, commands: Sequence[str]) -> asyncio.Future[Sequence[bytes]]:
        return self._put(Talk(*self._expect(), [[f"{line}\r\n".encode()] for line in commands]))

    def _expect(self) -> tuple[float, asyncio.Future[Any]]:  # Any: an answer of the call's kind
        return self._loop.time() + self._timeout, self._loop.create_future()

    def _put(self, call: Call) -> asyncio.Future[Any]:  # Any: an answer of the call's kind
        if self._breaker.is_open:
            self._counters.refused += 1
            self._refuse(call, self._breaker.reason)
        else:
            self._waiting.add(call)
            self._worker.put(call)
        return call.answer

    def _refuse(self, call: Call, reason: str | None) -> None:
        if call.is_wanted:
            call.answer.set_exception(Unavailable(f"{self.name}: {reason}."))

    def _deliver_later(self, answers: Answers) -> None:
        # The loop is closed only after the thread was told to end; nobody waits any more then.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, answers)

    def _deliver(self, answers: Answers) -> None:
        failure = None
        for call, answer in answers:
            if isinstance(answer, Exception):
                failure = answer
                self._refuse(call, describe(answer))
            elif call.is_wanted:
                call.answer.set_result(answer)
        self._waiting.forget_answered()
        self._probing.forget_answered()
        if failure is None:
            if self._breaker.is_open:
                self._breaker.succeed()
        else:
            self._counters.closed += 1
            self._breaker.fail(describe(failure))

    def _refuse_late(self, call: Call) -> None:
        """Refuse a call whose time is over; a host that is hung is left alone from now on."""
        self._refuse(call, "no answer in time")
        since = self._worker.busy_since
        if since is not None and time.monotonic() - since >= self._timeout / 2:
            self._worker.line.abort()
            self._breaker.fail("no answer in time")

    def _probe(self) -> None:
        # Nobody waits for it. A host that hangs is known by the line's own timeouts; what a node
        # that is busy needs to connect must not be taken for that, or it stays without the host.
        call = Run(self._loop.time() + PATIENCE, self._loop.create_future(), Line.version)
        call.answer.add_done_callback(lambda answer: answer.cancelled() or answer.exception())
        self._probing.add(call)
        self._worker.put(call)


def describe(error: Exception) -> str:
    """What went wrong, for an operator."""
    return str(error) or type(error).__name__
