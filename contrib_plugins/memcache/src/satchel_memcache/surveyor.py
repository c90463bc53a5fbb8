"""The surveyor: looks into all cells of a key at once, and believes only what it can prove."""

import asyncio
from collections.abc import Callable, Sequence

from satchel_hookspecs import StoreError, Unavailable
from satchel_memcache.cell import Cell
from satchel_memcache.counters import Counters
from satchel_memcache.seal import Foreign, Forged, Seal
from satchel_memcache.seen import Seen
from satchel_memcache.survey import Survey, View, compare

CellsOf = Callable[[str], Sequence[Cell]]
Answer = Seen | StoreError


class Surveyor:
    """Values that are forged count as none; a connection that shows a foreign one is closed."""

    def __init__(self, cells_of: CellsOf, seal: Seal, counters: Counters) -> None:
        self._cells_of = cells_of
        self._seal = seal
        self._counters = counters

    async def survey(self, key: str) -> Survey:
        """Look into all cells; ``Unavailable`` when they show nothing and cannot know that."""
        cells = self._cells_of(key)
        views: list[View] = []
        for cell, answer in zip(cells, await _look(cells, key), strict=True):
            views.append(self._repeat(cell, answer, views) or await self._view(cell, key, answer))
        survey = compare(views)
        if survey.best is None:
            await self._prove_absence(views)
        return survey

    @staticmethod
    def _repeat(cell: Cell, answer: Answer, views: Sequence[View]) -> View | None:
        """The view of a cell that shows what the one before it showed: its seal is open already."""
        last = views[-1] if views else None
        if (
            last is None
            or last.stamp is None
            or last.seen is None
            or isinstance(answer, StoreError)
        ):
            return None
        return View(cell, answer, last.stamp) if answer.raw == last.seen.raw else None

    async def _view(self, cell: Cell, key: str, answer: Answer) -> View:
        try:
            return self._open(cell, key, answer)
        except Foreign:
            cell.distrust()
            [answer] = await _look([cell], key)
        try:
            return self._open(cell, key, answer)
        except Foreign:
            return View(cell, answer if isinstance(answer, Seen) else None, None)

    def _open(self, cell: Cell, key: str, answer: Answer) -> View:
        if isinstance(answer, StoreError):
            return View(cell, None, None)
        if answer.raw is None:
            return View(cell, answer, None)
        try:
            return View(cell, answer, self._seal.open(answer.raw, key))
        except Forged:
            self._counters.forged += 1
            return View(cell, answer, None)
        except Foreign:
            self._counters.foreign += 1
            raise

    async def _prove_absence(self, views: Sequence[View]) -> None:
        """A cell that does not answer may know of the value, unless another one would too."""
        if all(view.seen is not None for view in views):
            return
        for view in views:
            if view.is_empty and await view.cell.recalls():
                return
        self._counters.unsure += 1
        raise Unavailable("Whoever may know of this does not answer.")


async def _look(cells: Sequence[Cell], key: str) -> Sequence[Answer]:
    """Ask all cells before the first answer is awaited; half the cost of ``asyncio.gather``."""
    asked = [asyncio.ensure_future(cell.look(key)) for cell in cells]
    answers: list[Answer] = []
    try:
        for one in asked:
            try:
                answers.append(await one)
            except StoreError as error:
                answers.append(error)
    finally:
        for one in asked:
            one.cancel()
    return answers
