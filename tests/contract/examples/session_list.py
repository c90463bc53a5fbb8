"""A store that cannot say whose sessions there are declares no ``by_owner``."""

from collections.abc import Sequence
from typing import ClassVar

from satchel_hookspecs import MemorySessions, SessionInfo


class Nameless(MemorySessions):
    capabilities: ClassVar[frozenset[str]] = frozenset()

    async def session_list(self, owner: str) -> Sequence[SessionInfo]:
        return ()
