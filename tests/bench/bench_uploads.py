"""A large file on its way through the site onto the disk."""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from time import perf_counter

from tests.bench import MEGABYTE, Growth, Measurement
from tests.bench.growth import watch_memory
from tests.bench.plain_server import PlainServer
from tests.bench.served import serve_site
from tests.bench.visitor import Visitor
from tests.servers.folder import open_server_folder

PIECE = secrets.token_bytes(MEGABYTE)
SIZE, LARGE = 100, 1024
ROUNDS = 7
ROOM = 32 * MEGABYTE
HALF_THE_SPEED = 2.0


def measure() -> Iterator[Measurement | Growth]:
    """Upload a file often, then a very large one once."""
    with serve_site() as served, open_server_folder("bench") as folder:
        visitor, draft = served.visitor, served.visitor.begin_draft()
        with PlainServer(folder) as server, Visitor(server.url) as plain:
            upload = f"upload of {SIZE} MB"
            through, received, kept = _best(
                lambda: _upload(visitor, draft, SIZE),
                lambda: _put(plain, "/", SIZE),
                lambda: _keep(folder / "kept.bin", SIZE),
            )
        yield Measurement(upload, through, "plain aiohttp doing the same", received, HALF_THE_SPEED)
        yield Measurement(upload, through, "hash, write, fsync, no HTTP", kept, HALF_THE_SPEED)
        with watch_memory(served.site.pid) as watched:
            _upload(visitor, draft, LARGE)
        yield Growth(f"upload of {LARGE} MB: the site", watched.growth, ROOM)


def _best(*ways: Callable[[], float]) -> list[float]:
    """Return the seconds of each way's best round; the ways take turns."""
    rounds = [[way() for way in ways] for _ in range(ROUNDS)]
    return [min(found) for found in zip(*rounds, strict=True)]


def _upload(visitor: Visitor, draft: str, megabytes: int) -> float:
    path = f"{draft}/files/{secrets.token_hex(16)}"
    seconds = _put(visitor, path, megabytes)
    visitor.delete(path)
    return seconds


def _put(visitor: Visitor, path: str, megabytes: int) -> float:
    begun = perf_counter()
    visitor.put(path, megabytes * MEGABYTE, repeat(PIECE, megabytes))
    return perf_counter() - begun


def _keep(path: Path, megabytes: int) -> float:
    begun, whole = perf_counter(), hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(megabytes):
            whole.update(PIECE)
            file.write(PIECE)
        file.flush()
        os.fsync(file.fileno())
    return perf_counter() - begun
