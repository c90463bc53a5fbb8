"""A host whose answers are not what it was asked for."""

import asyncio
from collections.abc import Callable

from tests.servers.fault_proxy import CHUNK, Direction, FaultProxy
from tests.servers.memcached import Memcached

Garble = Callable[[bytes], bytes]


class GarblingProxy(FaultProxy):
    """Passes on what `garble` makes of each answer."""

    def __init__(self, host: Memcached) -> None:
        super().__init__(host.host, host.port)
        self.garble: Garble = bytes

    @property
    def address(self) -> str:
        """How `memcache_hosts` names it."""
        return f"{self.host}:{self.port}"

    async def _relay(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction
    ) -> bool:
        while chunk := await reader.read(CHUNK):
            await self._open.wait()
            writer.write(self.garble(chunk) if direction == "to_client" else chunk)
            await writer.drain()
        return False
