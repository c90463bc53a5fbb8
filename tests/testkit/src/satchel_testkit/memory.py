"""The harness of the memory stores: several of them over the same dictionaries."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from satchel_hookspecs import MemoryAttachments, MemorySessions, Unavailable
from satchel_testkit.harness import Change, Harness
from satchel_testkit.options import Options
from satchel_testkit.relay import Hooks

# Any: a primitive may have every signature
Primitive = Callable[..., Any]

MEDIA = {MemoryAttachments: ("_documents", "_kept"), MemorySessions: ("_kept",)}
PRIMITIVES = {
    MemoryAttachments: ("_write", "_drop", "_load", "_store", "_pieces"),
    MemorySessions: (
        "_read", "_create", "_replace", "_extend", "_drop", "_owned", "_sweep",
    ),
}  # fmt: skip
GENERATORS = {MemoryAttachments: ("_read", "_places"), MemorySessions: ()}


class MemoryHarness(Harness):
    """Every step of a store gives way to other tasks first, as one that waits for a disk does."""

    can: ClassVar[frozenset[str]] = frozenset({"move_clock", "damage", "wipe", "break_backend"})

    def __init__(self, store: type, label: str, folder: Path, options: Options) -> None:
        super().__init__(store, label, folder, options)
        self.broken = False
        self._kind = next(kind for kind in MEDIA if issubclass(store, kind))
        self._medium: dict[str, dict[Any, Any]] = {name: {} for name in MEDIA[self._kind]}

    @asynccontextmanager
    async def make(self, hooks: Hooks) -> AsyncIterator[object]:
        async with super().make(hooks) as store:
            for name, kept in self._medium.items():
                setattr(store, name, kept)
            for name in PRIMITIVES[self._kind]:
                setattr(store, name, self._waiting(getattr(store, name)))
            for name in GENERATORS[self._kind]:
                setattr(store, name, self._yielding(getattr(store, name)))
            yield store

    def damage(self, change: Change) -> None:
        for kept in self._medium["_kept"].values():
            for number, (index, frame) in enumerate(list(kept.frames.items())):
                changed = change(number, frame)
                del kept.frames[index]
                if changed is not None:
                    kept.frames[index] = changed

    def wipe(self) -> None:
        self._medium["_kept"].clear()

    def break_backend(self) -> None:
        self.broken = True

    def heal_backend(self) -> None:
        self.broken = False

    async def _wait(self) -> None:
        await asyncio.sleep(0)
        if self.broken:
            raise Unavailable("The memory is out of order.")

    def _waiting(self, primitive: Primitive) -> Primitive:
        async def step(*arguments: Any) -> Any:
            await self._wait()
            return await primitive(*arguments)

        return step

    def _yielding(self, primitive: Primitive) -> Primitive:
        async def steps(*arguments: Any) -> AsyncGenerator[Any, None]:
            await self._wait()
            async for each in primitive(*arguments):
                yield each
                await self._wait()

        return steps
