"""The large register: values that may be larger than an item of memcached."""

import asyncio
from collections.abc import Callable

from satchel_hookspecs import TooLarge, Unavailable
from satchel_memcache.chunks import Chunks, cut
from satchel_memcache.copies import Copies
from satchel_memcache.counters import Counters
from satchel_memcache.register import ATTEMPTS, CONTENDED, Register, Step, Swap, Value

WHOLE = b"\0"
CUT = b"\1"
HEAD = 1024
"""No register adds more to a value."""


class InChunks(Exception):
    """The value lies in chunks, which are not at hand while a step is made."""


class LargeRegister:
    """A register that keeps what is too large for an item in chunks, on the hosts of its key.

    The chunks are written first, under a fresh name; then the register is swapped, so that a value
    is all old or all new. A host without a chunk gets it from the other; what both have lost is
    gone. No value may have more than ``most`` bytes; ``room`` says how many an item may have.
    """

    def __init__(
        self,
        register: Register,
        copies: Copies,
        most: int,
        room: Callable[[], int],
        counters: Counters,
    ) -> None:
        self._register = register
        self._copies = copies
        self._most = most
        self._room = room
        self._counters = counters

    async def read(self, key: str) -> Value | None:
        """The value; ``None`` when there is none, ``Unavailable`` when nobody can know."""
        _, value = await self._read(key)
        return value

    async def change(self, key: str, step: Step, known: Value | None = None) -> Value | None:
        """Replace the value by what ``step`` makes of it, as a register does."""
        try:
            return await self._change_whole(key, step, known)
        except (InChunks, TooLarge):
            return await self._change_any(key, step)

    async def _change_whole(self, key: str, step: Step, known: Value | None) -> Value | None:
        """In one go, as long as it fits into an item before and after."""

        def on_head(head: Value | None) -> Value | None:
            before = _whole(head)
            after = step(before)
            return head if after is before else self._closed(after)

        return _whole(await self._register.change(key, on_head, known))

    async def _change_any(self, key: str, step: Step) -> Value | None:
        for _ in range(ATTEMPTS):
            head, before = await self._read(key)
            after = step(before)
            if after is before:
                return before
            if after is None or len(after.body) <= self._room() - HEAD:
                new = self._closed(after)
            elif head is not None and before is not None and before.body == after.body:
                new = await self._prolonged(key, head, after.expires)
            else:
                new = await self._written(key, after)
            if await self._swap(key, head, new):
                await self._forget(key, head, new)
                return after
            await self._forget(key, new, head)
        raise Unavailable(CONTENDED)

    async def _read(self, key: str) -> tuple[Value | None, Value | None]:
        """What the register says, and the value that this stands for."""
        head = await self._register.read(key)
        for _ in range(ATTEMPTS):
            chunks = _chunks(head)
            if head is None or chunks is None:
                return head, _whole(head)
            body = await self._gather(key, chunks, head.expires)
            if body is not None:
                return head, Value(body, head.expires, head.write, head.seen)
            seen, head = head, await self._register.read(key)
            if head is not None and head.write == seen.write:
                self._counters.lost += 1
                return head, None
        raise Unavailable(CONTENDED)

    async def _gather(self, key: str, chunks: Chunks, until: float) -> bytes | None:
        items = chunks.items(key)
        # A copy is served by one host: whether the other one has it too is seen here.
        if (await self._copies.extend(items, until)).lost:
            return None
        parts = await asyncio.gather(*(self._copies.get(item) for item in items))
        found = [part.value for part in parts if part is not None]
        return b"".join(found) if len(found) == len(parts) else None

    def _closed(self, value: Value | None) -> Value | None:
        if value is None:
            return None
        if len(value.body) > self._most:
            raise TooLarge(self._most)
        return Value(WHOLE + value.body, value.expires)

    async def _prolonged(self, key: str, head: Value, until: float) -> Value:
        """The same chunks for longer."""
        chunks = _chunks(head)
        if chunks is not None:
            await self._copies.extend(chunks.items(key), until)
        return Value(head.body, until)

    async def _written(self, key: str, value: Value) -> Value:
        self._closed(value)
        parts = cut(value.body, self._room())
        chunks = Chunks.of(parts)
        puts = zip(chunks.items(key), parts, strict=True)
        await asyncio.gather(
            *(self._copies.put(one.key, [part], value.expires) for one, part in puts)
        )
        return Value(CUT + chunks.to_bytes(), value.expires)

    async def _swap(self, key: str, old: Value | None, new: Value | None) -> bool:
        swap = Swap(old, new)
        await self._register.change(key, swap, old)
        return swap.done

    async def _forget(self, key: str, old: Value | None, new: Value | None) -> None:
        """Delete the chunks of ``old`` that ``new`` has not taken over."""
        chunks = _chunks(old)
        if chunks is not None and chunks != _chunks(new):
            await self._copies.drop([item.key for item in chunks.items(key)])


def _whole(head: Value | None) -> Value | None:
    if head is None:
        return None
    if not head.body.startswith(WHOLE):
        raise InChunks
    return Value(head.body[len(WHOLE) :], head.expires, head.write, head.seen)


def _chunks(head: Value | None) -> Chunks | None:
    if head is None or not head.body.startswith(CUT):
        return None
    return Chunks.from_bytes(head.body[len(CUT) :])
