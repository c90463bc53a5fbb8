"""The register: one value a key, kept in several cells, read and changed as if it were in one."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from satchel_hookspecs import StoreError, TooLarge, Unavailable
from satchel_memcache.counters import Counters
from satchel_memcache.seal import Seal
from satchel_memcache.stamp import PAST, WRITE, Stamp
from satchel_memcache.survey import Survey, View
from satchel_memcache.surveyor import CellsOf, Surveyor

ATTEMPTS = 100
CONTENDED = "Others change this all the time."


@dataclass(slots=True)  # not frozen: making one would take four times as long
class Value:
    """Bytes that count until ``expires``; ``write`` names the write that put them there.

    ``seen`` is what the cells showed, if it was read.
    """

    body: bytes = field(repr=False)
    expires: float
    write: bytes = b""
    seen: Survey | None = field(default=None, repr=False, compare=False)


Step = Callable[[Value | None], Value | None]


class Swap:
    """A step that replaces the value that was read; ``done`` if no other was met in its place."""

    def __init__(self, old: Value | None, new: Value | None) -> None:
        self.done = False
        self._old = old
        self._new = new

    def __call__(self, value: Value | None) -> Value | None:
        self.done = (self._old and self._old.write) == (value and value.write)
        return self._new if self.done else value


class Register:
    """Reads and changes values that lie in the cells which ``cells_of`` gives for a key.

    A value that was read, or whose write was acknowledged, is in every cell that answers. As long
    as one cell fails at a time, and values are read or written before the next one fails, nothing
    acknowledged is lost and nothing ended comes back.
    """

    def __init__(
        self, cells_of: CellsOf, seal: Seal, clock: Callable[[], float], counters: Counters
    ) -> None:
        self._surveyor = Surveyor(cells_of, seal, counters)
        self._seal = seal
        self._clock = clock
        self._counters = counters
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def read(self, key: str) -> Value | None:
        """The value; ``None`` when there is none, ``Unavailable`` when nobody can know."""
        for _ in range(ATTEMPTS):
            survey = await self._survey(key)
            if survey is not None:
                return self._live(survey.best, survey)
        raise Unavailable(CONTENDED)

    async def change(self, key: str, step: Step, known: Value | None = None) -> Value | None:
        """Replace the value by what ``step`` makes of it, and return that.

        ``step`` may be called again on a newer value. It gets ``None`` when there is none, and
        returns ``None`` to end the value for good, or what it got to leave all as it is. It begins
        with a ``known`` value that was read just before: if that holds no cell is asked again.
        ``Unavailable`` means that nobody knows whether the change was made.
        """
        # One of a node at a time: those of other nodes then overtake it by a few, if at all.
        async with self._locks.setdefault(key, asyncio.Lock()):
            return await self._change(key, step, _complete(known))

    async def _change(self, key: str, step: Step, known: Survey | None) -> Value | None:
        # Unique, not secret: asking the kernel for chance takes as long as the whole write.
        write, tried, first = random.randbytes(WRITE), None, 2**64  # noqa: S311
        for _ in range(ATTEMPTS):
            survey, known = known or await self._survey(key), None
            if survey is None:
                continue
            if tried is not None and survey.best is not None:
                if survey.best.follows(write):
                    return self._live(tried)
                if survey.best.counter > first + PAST:
                    break  # so far behind that its own write may be forgotten
            if not self._is_settled(survey):
                continue  # it is by now, but in a state whose tokens are not known
            before = self._live(survey.best)
            after = step(before)
            if after is before:
                return before
            tried = self._next(key, survey.best, after, write)
            first = min(first, tried.counter)
            if await self._put(survey, tried):
                return self._live(tried)
        raise Unavailable(CONTENDED)

    async def _survey(self, key: str) -> Survey | None:
        """Let every cell that answers hold the newest; ``None`` when one has changed meanwhile.

        Nothing is built on what only some of them hold: another may be about to replace it there.
        """
        survey = await self._surveyor.survey(key)
        return survey if self._is_settled(survey) else await self._spread(survey)

    def _live(self, stamp: Stamp | None, seen: Survey | None = None) -> Value | None:
        if stamp is None or stamp.dead or stamp.expires <= self._clock():
            return None
        return Value(stamp.body, stamp.expires, stamp.write, seen)

    @staticmethod
    def _next(key: str, best: Stamp | None, after: Value | None, write: bytes) -> Stamp:
        expires, body = (after.expires, after.body) if after is not None else (0.0, b"")
        epoch, counter, past, keep = 0, 1, b"", expires
        if best is not None:
            epoch, counter = best.epoch, best.counter + 1
            past = (best.write + best.past)[: PAST * WRITE]
            keep = max(expires, best.keep)
        return Stamp(key, epoch, counter, write, past, expires, keep, after is None, body)

    async def _spread(self, survey: Survey) -> Survey | None:
        """Bring the newest to each cell that is behind; ``None`` when another one changed it.

        In the survey that is returned, a cell that refuses counts as one that does not answer.
        """
        best, views, behind = survey.best, list(survey.views), list(survey.behind)
        assert best is not None
        for view in survey.behind:
            try:
                if not await self._set(view, best.key, survey.raw, best.keep):
                    return None
            except StoreError:
                views[views.index(view)] = View(view.cell, None, None)
                behind.remove(view)
            else:
                self._counters.repaired += 1
        return survey._replace(views=views, behind=behind)

    def _is_settled(self, survey: Survey) -> bool:
        """Whether all that answer hold the newest, or it is so old that nobody needs it."""
        return not survey.behind or survey.best is None or survey.best.keep <= self._clock()

    async def _put(self, survey: Survey, stamp: Stamp) -> bool:
        """Write to every cell that answered, in rank order; false when one of them has changed."""
        raw, stored, failure, skipped = self._fitting(stamp, survey), 0, None, False
        for view in survey.views:
            try:
                if not await self._set(view, stamp.key, raw, stamp.keep):
                    return False
            except StoreError as error:
                failure = error
                if not skipped:
                    skipped, raw = True, self._seal.close(self._raise_epoch(stamp))
            else:
                stored += 1
        if not stored:
            raise failure or Unavailable("No place for this answers.")
        self._counters.alone += stored < len(survey.views)
        return True

    @staticmethod
    def _raise_epoch(stamp: Stamp) -> Stamp:
        """The same write, newer than all that a cell which was passed over may hold."""
        return stamp._replace(epoch=stamp.epoch + 1)

    def _fitting(self, stamp: Stamp, survey: Survey) -> bytes:
        raw = self._seal.close(stamp)
        for view in survey.views:
            limit = view.cell.limit
            if limit is not None and len(raw) > limit:
                raise TooLarge(limit - (len(raw) - len(stamp.body)))
        return raw

    @staticmethod
    async def _set(view: View, key: str, raw: bytes, keep: float) -> bool:
        if view.seen is None:
            raise Unavailable(f"{view.cell.name} did not answer.")
        if view.seen.raw is None:
            return await view.cell.add(key, raw, keep)
        return await view.cell.cas(key, raw, view.seen.token, keep)


def _complete(known: Value | None) -> Survey | None:
    """What the cells showed if all did: one that was silent may answer by now, and must get it."""
    survey = known.seen if known is not None else None
    return survey if survey and all(view.seen for view in survey.views) else None
