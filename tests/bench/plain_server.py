"""What anyone would write first: a server that hashes a body, writes it, and syncs it."""

import hashlib
import os
import sys
from pathlib import Path

from aiohttp import web

from tests.servers.ports import LOOPBACK, pick_free_port
from tests.servers.process import ServerProcess

FILE = "film.bin"


class PlainServer(ServerProcess):
    """That server in a process of its own; it keeps the last body in a folder."""

    def __init__(self, folder: Path) -> None:
        """Prepare a server that keeps what it gets in a folder."""
        port = pick_free_port()
        command = [sys.executable, "-m", "tests.bench.plain_server", str(folder), str(port)]
        super().__init__(command, port, folder / "plain.log")
        self.url = f"http://{LOOPBACK}:{port}"


async def keep(request: web.Request) -> web.Response:
    """Keep a body and answer with its digest when it is on the disk."""
    whole = hashlib.sha256()
    with Path(FILE).open("wb") as file:
        async for chunk in request.content.iter_any():
            whole.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return web.Response(text=whole.hexdigest())


if __name__ == "__main__":
    app = web.Application()
    app.router.add_put("/", keep)
    os.chdir(sys.argv[1])
    web.run_app(app, host=LOOPBACK, port=int(sys.argv[2]), access_log=None)
