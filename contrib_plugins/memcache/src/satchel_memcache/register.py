"""The register: one value a key, kept in several cells, read and changed as if it were in one."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from satchel_hookspecs import StoreError, TooLarge, Unavailable
from satchel_memcache.counters import Counters
from satchel_memcache.seal import Seal
from satchel_memcache.stamp import PAST, WRITE, Stamp
from satchel_memcache.survey import Survey, View
from satchel_memcache.surveyor import CellsOf, Surveyor

ATTEMPTS = 100
CONTENDED = "Others change this all the time."


@dataclass(frozen=True, slots=True)
class Value:
    """Bytes that count until ``expires``; ``write`` names the write that put them there."""

    body: bytes = field(repr=False)
    expires: float
    write: bytes = b""


Step = Callable[[Value | None], Value | None]


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

    async def read(self, key: str) -> Value | None:
        """The value; ``None`` when there is none, ``Unavailable`` when nobody can know."""
        for _ in range(ATTEMPTS):
            survey = await self._surveyor.survey(key)
            if not survey.behind or await self._spread(survey):
                return self._live(survey.best)
        raise Unavailable(CONTENDED)

    async def change(self, key: str, step: Step) -> Value | None:
        """Replace the value by what ``step`` makes of it, and return that.

        ``step`` may be called again on a newer value. It gets ``None`` when there is none, and
        returns ``None`` to end the value for good, or what it got to leave all as it is.
        ``Unavailable`` means that nobody knows whether the change was made.
        """
        # Unique, not secret: asking the kernel for chance takes as long as the whole write.
        write, tried = random.randbytes(WRITE), None  # noqa: S311
        for _ in range(ATTEMPTS):
            survey = await self._surveyor.survey(key)
            if tried is not None and (survey.behind or _follows(survey, write)):
                # What is left of the first try must not meet the next one.
                if await self._spread(survey) and _follows(survey, write):
                    return self._live(tried)
                continue
            before = self._live(survey.best)
            after = step(before)
            if after is before:
                if await self._spread(survey):
                    return before
                continue
            tried = self._next(key, survey.best, after, write)
            if await self._put(survey, tried):
                return self._live(tried)
        raise Unavailable(CONTENDED)

    def _live(self, stamp: Stamp | None) -> Value | None:
        if stamp is None or stamp.dead or stamp.expires <= self._clock():
            return None
        return Value(stamp.body, stamp.expires, stamp.write)

    @staticmethod
    def _next(key: str, best: Stamp | None, after: Value | None, write: bytes) -> Stamp:
        expires, body = (after.expires, after.body) if after is not None else (0.0, b"")
        new = Stamp(key, 0, 1, write, b"", expires, expires, after is None, body)
        if best is None:
            return new
        past = (best.write + best.past)[: PAST * WRITE]
        keep = max(expires, best.keep)
        return new._replace(epoch=best.epoch, counter=best.counter + 1, past=past, keep=keep)

    async def _spread(self, survey: Survey) -> bool:
        """Bring the newest to each cell that answered; false when another one changed it."""
        best = survey.best
        if best is None or best.keep <= self._clock():
            return True
        for view in survey.behind:
            try:
                if not await self._set(view, best.key, survey.raw, best.keep):
                    return False
            except StoreError:
                continue  # as if it had not answered before
            self._counters.repaired += 1
        return True

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


def _follows(survey: Survey, write: bytes) -> bool:
    return survey.best is not None and survey.best.follows(write)
