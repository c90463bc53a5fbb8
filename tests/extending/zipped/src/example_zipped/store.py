"""The store: the seven primitives over zip files in a folder."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, TypeVar

from example_zipped import files
from satchel_hookspecs import (
    AttachmentStore,
    Place,
    PluginContext,
    Unavailable,
    hookimpl,
    settled,
    shared,
)

Answer = TypeVar("Answer")


class ZippedAttachments(AttachmentStore):
    """Zip files under ``temp_dir``, for the processes of one machine."""

    capabilities: ClassVar[frozenset[str]] = frozenset({"multi_process"})

    @dataclass(frozen=True)
    class Config:
        """``deadline``: seconds that one step on the disk may take."""

        temp_dir: Path = shared()
        deadline: float = 10.0

    def __init__(self, config: Config, ctx: PluginContext) -> None:
        super().__init__(config, ctx)
        self._root = config.temp_dir / "zipped"
        self._deadline = config.deadline

    @hookimpl
    def plugin_lifespan(self, ctx: PluginContext) -> AbstractAsyncContextManager[None]:
        return self._running()

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        await self._run(partial(files.prepare, self._root))
        yield

    async def _write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        path = self._piece(place, piece)
        writer = await self._run(partial(files.Writer, path))
        try:
            async for index, frame in frames:
                await self._run(partial(writer.add, index, frame))
            await self._run(writer.publish)
        finally:
            await self._run(writer.close)

    async def _read(
        self, place: Place, piece: str, first: int, stop: int
    ) -> AsyncGenerator[bytes, None]:
        path = self._piece(place, piece)
        for index in range(first, stop):
            yield await self._run(partial(files.read_member, path, index))

    async def _drop(self, place: Place, piece: str) -> None:
        await self._run(partial(files.delete, self._piece(place, piece)))

    async def _load(self, place: Place) -> tuple[bytes | None, object]:
        document = await self._run(partial(files.load, self._root, self._at(place)))
        return document, document

    async def _store(self, place: Place, document: bytes | None, token: object) -> bool:
        step = partial(files.swap, self._root, self._at(place), document, token)
        return await self._run(step)

    async def _places(self, owner: str | None) -> AsyncGenerator[Place, None]:
        for path in await self._run(partial(files.folders, self._root)):
            if owner in (None, path.parent.name):
                yield Place(path.parent.name, path.name)

    async def _pieces(self, place: Place) -> Sequence[tuple[str, float]]:
        now = await self._now()
        found = await self._run(partial(files.pieces, self._at(place)))
        return [(name, now - written) for name, written in found]

    def _at(self, place: Place) -> Path:
        return self._root / place.owner / place.group

    def _piece(self, place: Place, piece: str) -> Path:
        return self._at(place) / f"{piece}{files.PIECE}"

    async def _run(self, step: Callable[[], Answer]) -> Answer:
        """Take one step in a thread, and let it end even when the caller is cancelled."""
        running = asyncio.ensure_future(asyncio.to_thread(step))
        await settled(asyncio.wait({running}, timeout=self._deadline))
        if not running.done():
            raise Unavailable(f"'{self._root}' did not answer in {self._deadline} seconds.")
        try:
            return running.result()
        except OSError as error:
            raise Unavailable(f"'{self._root}': {error.strerror or error}.") from error
