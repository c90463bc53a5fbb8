"""A file of 500 MB in each database, under the limits that a server has by itself."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.servers.databases import Pair

ROOT = Path(__file__).parents[2]
NODE = ROOT / "contrib_plugins/attachments_database/tests/node.py"
BLOCKS = 500 * 4
CEILING = 32 * 1024


async def grown(dsn: str) -> int:
    """Let a process keep a file and read the same; return how much more memory it took, in KiB."""
    arguments = [str(NODE), "stream", dsn, str(BLOCKS)]
    node = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=PIPE)
    async with asyncio.timeout(300):
        answer, _ = await node.communicate()
    assert node.returncode == 0
    return int(answer)


async def test_on_a_server_it_takes_little_memory(pair: Pair) -> None:
    assert await grown(pair.primary.dsn) < CEILING


async def test_in_a_file_of_sqlite_it_takes_little_memory(tmp_path: Path) -> None:
    assert await grown(f"sqlite:///{tmp_path / 'mail.db'}") < CEILING
