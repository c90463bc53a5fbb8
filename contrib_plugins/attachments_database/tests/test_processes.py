"""Two processes at once, and how much memory one takes for a large file."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from .node import GROUP, OWNER, opened

NODE = str(Path(__file__).parent / "node.py")
LARGE = 100 * 4
CEILING = 32 * 1024


async def start(*arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, NODE, *arguments, stdin=PIPE, stdout=PIPE
    )


@pytest.fixture
def dsn(path: Path) -> str:
    return f"sqlite:///{path}"


async def test_uploads_of_two_processes_at_once_are_all_kept(dsn: str) -> None:
    nodes = [await start("attach", dsn, "15") for _ in range(2)]
    for node in nodes:
        assert node.stdout is not None
        assert await node.stdout.readline() == b"ready\n"

    await asyncio.gather(*(node.communicate(b"go\n") for node in nodes))

    assert [node.returncode for node in nodes] == [0, 0]
    async with opened(dsn) as store:
        listed = await store.attachment_list(OWNER, GROUP)
    assert [one.serial for one in listed] == list(range(1, 31))
    assert all(one.sealed for one in listed)


async def test_a_large_file_takes_little_memory(dsn: str) -> None:
    node = await start("stream", dsn, str(LARGE))
    answer, _ = await node.communicate()

    assert int(answer) < CEILING
