"""The media themselves: a folder, and memcached hosts, with the blocks of a file of 25 MB.

A folder has a file for every sixteen megabytes, which are on the disk before the next one begins;
memcached is a thread a host, each with a plain client. What is read is verified by its SHA-256.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pymemcache.client.base import Client

from satchel_attachments_filesystem.pieces import sync_folder
from satchel_hookspecs import BLOCK, Block
from satchel_hookspecs.incoming import PIECE_BLOCKS
from tests.bench.bench_attachments import COUNT, Work
from tests.servers.memcached import Memcached


@dataclass(frozen=True, slots=True)
class Pair:
    """How something stores a file of this name, and how it loads it."""

    store: Work
    load: Work


@dataclass(frozen=True, slots=True)
class Ground:
    """What the stores stand on."""

    folder: Path
    hosts: Sequence[Memcached]
    dsn: str
    blocks: Sequence[Block]


@asynccontextmanager
async def bare_folder(ground: Ground) -> AsyncIterator[Pair]:
    """A file in a thread."""
    root = ground.folder / "bare"
    root.mkdir()

    def write(name: str) -> None:
        (root / name).mkdir()
        for first in range(0, COUNT, PIECE_BLOCKS):
            with (root / name / str(first)).open("xb", buffering=0) as file:
                for block in ground.blocks[first : first + PIECE_BLOCKS]:
                    file.write(block.data)
                os.fsync(file.fileno())
            sync_folder(root / name)

    def read(name: str) -> None:
        for first in range(0, COUNT, PIECE_BLOCKS):
            with (root / name / str(first)).open("rb", buffering=0) as file:
                for block in ground.blocks[first : first + PIECE_BLOCKS]:
                    assert hashlib.sha256(file.read(BLOCK)).digest() == block.digest

    yield Pair(
        lambda name: asyncio.to_thread(write, name), lambda name: asyncio.to_thread(read, name)
    )


async def _in_thread(work: Callable[[str], None], name: str) -> None:
    await asyncio.to_thread(work, name)


@asynccontextmanager
async def bare_memcached(ground: Ground) -> AsyncIterator[Pair]:
    """A copy on each host, each by a thread of its own; one is read."""
    clients = [Client((host.host, host.port), no_delay=True, timeout=5) for host in ground.hosts]

    def write(client: Client, name: str) -> None:
        for block in ground.blocks:
            key = f"{name.replace(' ', '-')}-{block.index}"
            assert client.set(key, block.data, 86400, noreply=False)

    def read(name: str) -> None:
        for block in ground.blocks:
            data = clients[0].get(f"{name.replace(' ', '-')}-{block.index}")
            assert hashlib.sha256(data).digest() == block.digest

    with ThreadPoolExecutor(len(clients)) as threads:
        running = partial(asyncio.get_running_loop().run_in_executor, threads)

        async def write_all(name: str) -> None:
            await asyncio.gather(*(running(write, client, name) for client in clients))

        async def read_one(name: str) -> None:
            await running(read, name)

        yield Pair(write_all, read_one)
        for client in clients:
            client.close()
