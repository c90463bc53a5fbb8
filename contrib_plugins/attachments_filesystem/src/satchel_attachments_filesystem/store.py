"""The filesystem store: the seven primitives over a folder, in threads of its own."""

import asyncio
import errno
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, TypeVar

from satchel_attachments_filesystem import documents
from satchel_attachments_filesystem.folder import Folder
from satchel_attachments_filesystem.pieces import PieceReader, PieceWriter
from satchel_hookspecs import (
    AttachmentStore,
    ChecksumMismatch,
    GcReport,
    Health,
    Place,
    PluginContext,
    StorageFull,
    Unavailable,
    hookimpl,
    settled,
    shared,
)
from satchel_hookspecs.ahead import look_ahead
from satchel_hookspecs.frame_stream import NumberedParts, in_parts

Answer = TypeVar("Answer")
BATCH = 4
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FilesystemAttachments(AttachmentStore):
    """Files under ``temp_dir``, which may be a share that every node mounts where it likes.

    Extend it and override any hook or primitive; the rest goes on to keep the contract.
    """

    capabilities: ClassVar[frozenset[str]] = frozenset({"multi_process"})
    apart: ClassVar[str] = (
        "A file that was uploaded there cannot be sent from here: mount one share as temp_dir on"
        ' every node, or choose attachment_storage = "database".'
    )

    @dataclass(frozen=True)
    class Config:
        """``deadline``: seconds that one step on the disk or share may take.

        ``create``: whether a start makes the folder where there is none; false for a share that
        may be unmounted then.
        """

        temp_dir: Path = shared()
        deadline: float = 10.0
        create: bool = True

    def __init__(self, config: Config, ctx: PluginContext) -> None:
        super().__init__(config, ctx)
        self._deadline = config.deadline
        self._folder = Folder(config.temp_dir)
        self._prepare = self._folder.prepare if config.create else self._folder.find
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="satchel-files")
        self._broken: str | None = None
        self._medium: str | None = None

    def medium(self) -> str | None:
        """What all nodes have to share: the folder, by the name that it carries in itself."""
        return self._medium

    @hookimpl
    def plugin_lifespan(self, ctx: PluginContext) -> AbstractAsyncContextManager[None]:
        return self._running()

    @asynccontextmanager
    async def _running(self) -> AsyncGenerator[None, None]:
        await self._run(self._prepare)
        self._medium = await self._run(self._folder.identity)
        try:
            yield
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)

    @hookimpl
    async def plugin_health(self) -> Health:
        if self._broken is not None:
            return Health("failed", self._broken)
        try:
            await self._run(self._folder.probe)
        except (Unavailable, StorageFull) as error:
            return Health("failed", str(error))
        return Health("ok", f"files in '{self._folder.root}'")

    @hookimpl
    async def attachment_gc(self, limit: int) -> GcReport:
        report = await super().attachment_gc(limit)
        before = self.ctx.clock() - self.grace
        async for place in self._places(None):
            await self._run(partial(self._folder.delete_ended, place, before))
        return report

    async def _write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        if self._broken is not None:
            raise Unavailable(self._broken)
        writer = await self._run(partial(PieceWriter, self._folder.piece(place, piece)))
        try:
            await self._pour(writer, in_parts(frames))
            await self._run(writer.finish, durable=True)
        except BaseException:
            await self._run(writer.abandon)
            raise

    async def _pour(self, writer: PieceWriter, frames: AsyncIterator[NumberedParts]) -> None:
        """Write one batch in a thread while the next one is being received."""
        writing: asyncio.Task[None] | None = None
        batch: list[NumberedParts] = []
        try:
            async for frame in frames:
                batch.append(frame)
                if len(batch) < BATCH:
                    continue
                if writing is not None:
                    await writing
                writing = asyncio.create_task(self._run(partial(writer.add, batch)))
                batch = []
                await asyncio.sleep(0)  # else it begins only when the next batch is full
        finally:
            if writing is not None:
                await asyncio.wait({writing})
        if writing is not None:
            writing.result()
        if batch:
            await self._run(partial(writer.add, batch))

    async def _read(
        self, place: Place, piece: str, first: int, stop: int
    ) -> AsyncGenerator[bytes, None]:
        path = self._folder.piece(place, piece)
        reader = await self._run(partial(self._open, path, first, stop))

        async def take(count: int) -> Sequence[bytes]:
            return await self._run(partial(reader.take, count))

        try:
            counts = [min(BATCH, stop - at) for at in range(first, stop, BATCH)]
            async with aclosing(look_ahead(take, counts)) as batches:
                async for _, frames in batches:
                    for frame in frames:
                        yield frame
        finally:
            reader.close()

    async def _drop(self, place: Place, piece: str) -> None:
        path = self._folder.piece(place, piece)
        await self._run(partial(path.unlink, missing_ok=True))

    async def _load(self, place: Place) -> tuple[bytes | None, object]:
        document, number = await self._run(partial(documents.load, self._folder.at(place)))
        if not number:
            await self._run(self._folder.check)
        return document, number

    async def _store(self, place: Place, document: bytes | None, token: object) -> bool:
        if not isinstance(token, int):
            raise TypeError(f"{token!r} does not come from _load")
        folder = self._folder.at(place)
        await self._run(self._folder.check)
        return await self._run(partial(documents.store, folder, document, token), durable=True)

    async def _places(self, owner: str | None) -> AsyncGenerator[Place, None]:
        for place in await self._run(lambda: list(self._folder.places(owner))):
            yield place

    async def _pieces(self, place: Place) -> Sequence[tuple[str, float]]:
        now = self.ctx.clock()
        found = await self._run(partial(self._folder.pieces, place))
        return [(name, now - written) for name, written in found]

    async def _run(self, step: Callable[[], Answer], *, durable: bool = False) -> Answer:
        """Run a blocking step in a thread, no longer than the deadline.

        A share that hangs cannot be interrupted; its thread is left behind. A ``durable`` step is
        refused once a write was lost.
        """
        if durable and self._broken is not None:
            raise Unavailable(self._broken)
        running = asyncio.get_running_loop().run_in_executor(self._threads, step)
        await settled(asyncio.wait({running}, timeout=self._deadline))
        if not running.done():
            raise Unavailable(f"'{self._folder.root}' did not answer in {self._deadline} seconds.")
        try:
            return running.result()
        except OSError as error:
            raise self._translated(error, durable) from error

    def _open(self, path: Path, first: int, stop: int) -> PieceReader:
        try:
            return PieceReader(path, first, stop)
        except FileNotFoundError as error:
            self._folder.check()
            raise ChecksumMismatch(f"Piece {path.stem} is missing.") from error

    def _translated(self, error: OSError, durable: bool) -> Exception:
        if error.errno in _FULL:
            return StorageFull(f"There is no room left in '{self._folder.root}'.")
        if durable and error.errno == errno.EIO:
            # after a failed fsync a second one lies, so nothing more is acknowledged
            self._broken = f"'{self._folder.root}' lost a write; check the disk, then restart."
        return Unavailable(f"'{self._folder.root}': {error.strerror or error}.")
