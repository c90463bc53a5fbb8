"""Neighbours: whether the other nodes keep files where this one can read them."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from satchel.errors import Problem
from satchel.plugins.active import Active
from satchel.sessions import Records
from satchel_hookspecs import StoreError

KIND, ID = "media", "all"
DAY = 86400
LATELY = 3600.0
ANNOUNCE_SECONDS = 900.0
Media = Mapping[str, str]
log = logging.getLogger(__name__)


class Neighbours:
    """A record, seen by all nodes, of the medium that each of them uses.

    A store that has to share its medium with other nodes names it by its method ``medium``, and
    says in ``apart`` what to do when they use different ones. A node that was not heard of for an
    hour is none.
    """

    def __init__(
        self, records: Records, active: Sequence[Active], node: str, clock: Callable[[], float]
    ) -> None:
        self._records = records
        self._active = active
        self._node = node
        self._clock = clock

    async def announce(self) -> list[Problem]:
        """Tell the others what this node uses, and say who of them uses something else."""
        mine = self._media()
        if not mine:
            return []
        changed = await self._records.change(KIND, ID, lambda known: self._with(known, mine), DAY)
        return list(self._apart(mine, changed.value))

    async def look(self) -> list[Problem]:
        """Say who uses something else, without a word about this node."""
        mine = self._media()
        if not mine:
            return []
        # not read(): a record that was sealed under a secret of before is none
        known = await self._records.update(KIND, ID, lambda _: None)
        return [] if known is None else list(self._apart(mine, known.value))

    async def watch(self) -> None:
        """Announce again and again, and log what is found once."""
        said = set[str]()
        while True:
            try:
                found = {problem.summary: problem for problem in await self.announce()}
            except StoreError as error:
                log.info("the other nodes could not be asked where they keep files: %s", error)
            except Exception:
                log.exception("a store could not say which medium it uses")
            else:
                for summary in found.keys() - said:
                    log.warning("%s", found[summary])
                said |= found.keys()
            await asyncio.sleep(ANNOUNCE_SECONDS)

    def _media(self) -> Media:
        named = ((one.label, getattr(one.instance, "medium", None)) for one in self._active)
        asked = ((label, medium()) for label, medium in named if callable(medium))
        return {label: medium for label, medium in asked if medium is not None}

    def _with(self, known: Any, mine: Media) -> Any:  # Any: JSON
        now, media = self._clock(), dict(known or {})
        for label, medium in mine.items():
            media[label] = self._lately(media.get(label, {})) | {self._node: [medium, now]}
        return media

    def _lately(self, nodes: Mapping[str, Any]) -> dict[str, Any]:  # Any: JSON
        since = self._clock() - LATELY
        return {node: seen for node, seen in nodes.items() if seen[1] > since}

    def _apart(self, mine: Media, known: Any) -> Iterator[Problem]:  # Any: JSON
        ways_out = {one.label: getattr(one.instance, "apart", "") for one in self._active}
        for label, medium in mine.items():
            for node, (other, _) in sorted(self._lately(known.get(label, {})).items()):
                if node != self._node and other != medium:
                    summary = f'"{label}": node "{node}" does not use the medium of this one.'
                    yield Problem(summary, ways_out[label])
