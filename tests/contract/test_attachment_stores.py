"""The attachment contract on the memory store and on files, plain and with wrappers around."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from satchel_attachments_filesystem import FilesystemAttachments
from satchel_attachments_filesystem.pieces import PieceReader, PieceWriter
from satchel_hookspecs import MemoryAttachments
from tests.contract.attachments import AttachmentContract
from tests.contract.harness import Clock, context, hooks_around
from tests.contract.wrappers import Encipher, PassThrough

Change = Callable[[int, bytes], bytes | None]
WRAPPERS = {"plain": (), "passed": (PassThrough,), "enciphered": (PassThrough, Encipher)}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=WRAPPERS)
def around(request: pytest.FixtureRequest, clock: Clock) -> list[object]:
    return [wrapper(None, context(clock)) for wrapper in WRAPPERS[request.param]]


class TestMemory(AttachmentContract):
    @pytest.fixture
    def store(self, clock: Clock) -> MemoryAttachments:
        return MemoryAttachments(None, context(clock))

    @pytest.fixture
    def make(self, store: MemoryAttachments, around: list[object]) -> Callable[[], Any]:
        return lambda: hooks_around(store, around)

    @pytest.fixture
    def damage(self, store: MemoryAttachments) -> Callable[[Change], None]:
        def damage(change: Change) -> None:
            for kept in store._kept.values():
                for number, frame in list(kept.frames.items()):
                    changed = change(number, frame)
                    kept.frames.pop(number)
                    if changed is not None:
                        kept.frames[number] = changed

        return damage


class TestFilesystem(AttachmentContract):
    @pytest.fixture
    async def make(self, tmp_path: Path, clock: Clock, around: list[object]):
        config, stores = FilesystemAttachments.Config(tmp_path), []

        def make() -> Any:
            store = FilesystemAttachments(config, context(clock))
            store._folder.prepare()
            stores.append(store)
            return hooks_around(store, around)

        yield make
        for store in stores:
            store._threads.shutdown()

    @pytest.fixture
    def damage(self, tmp_path: Path) -> Callable[[Change], None]:
        def damage(change: Change) -> None:
            for path in tmp_path.rglob("*.piece"):
                reader = PieceReader(path, 0, 100)
                frames = [change(number, frame) for number, frame in enumerate(reader.take(100))]
                reader.close()
                path.unlink()
                writer = PieceWriter(path)
                writer.add([(number, frame) for number, frame in enumerate(frames) if frame])
                writer.finish()

        return damage
