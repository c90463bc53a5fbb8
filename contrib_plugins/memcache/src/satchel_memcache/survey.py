"""What all cells of a key show at one time."""

from collections.abc import Sequence
from typing import NamedTuple

from satchel_memcache.cell import Cell
from satchel_memcache.seen import Seen
from satchel_memcache.stamp import Stamp


class View(NamedTuple):
    """One cell; ``seen`` is ``None`` if it did not answer, ``stamp`` if nothing in it counts."""

    cell: Cell
    seen: Seen | None
    stamp: Stamp | None

    @property
    def is_empty(self) -> bool:
        """Whether it answered that there is nothing."""
        return self.seen is not None and self.seen.raw is None


class Survey(NamedTuple):
    """The views in rank order, the newest stamp among them, and the cells that are behind it.

    Of two with the same epoch and counter the one later in rank is newer: a write goes to the
    cells in rank order, so what reached the last one had reached those before it.
    """

    views: Sequence[View]
    best: Stamp | None
    raw: bytes
    behind: Sequence[View]


def compare(views: Sequence[View]) -> Survey:
    """Find the newest of these views, and who answered something else.

    The name of its write is not enough: one that was tried again has the same name, and what is
    built on its first try would lose against the second.
    """
    newest: View | None = None
    for view in views:
        if view.stamp is not None and (newest is None or _order(view) >= _order(newest)):
            newest = view
    if newest is None or newest.stamp is None or newest.seen is None or newest.seen.raw is None:
        return Survey(views, None, b"", ())
    rank = newest.stamp.rank
    behind = [
        view
        for view in views
        if view is not newest
        and view.seen is not None
        and view.stamp is not newest.stamp
        and (view.stamp is None or view.stamp.rank != rank)
    ]
    return Survey(views, newest.stamp, newest.seen.raw, behind)


def _order(view: View) -> tuple[int, int]:
    assert view.stamp is not None
    return view.stamp.epoch, view.stamp.counter
