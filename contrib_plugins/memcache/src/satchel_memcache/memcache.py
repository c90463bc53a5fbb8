"""The plugin: the memcached hosts, shared by all stores of the process that keep values there."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import reduce

from satchel_hookspecs import BLOCK, Health, PluginContext, hookimpl
from satchel_memcache.address import parse_address
from satchel_memcache.birth import Birth
from satchel_memcache.check import Check
from satchel_memcache.config import MemcacheConfig
from satchel_memcache.copies import Copies
from satchel_memcache.counters import Counters
from satchel_memcache.errors import UnusableMemcache
from satchel_memcache.frames import Frames
from satchel_memcache.host import Host
from satchel_memcache.host_cell import HostCell, Lifetime
from satchel_memcache.item import HOME
from satchel_memcache.large_register import LargeRegister
from satchel_memcache.piece_index import PieceIndex
from satchel_memcache.pieces import MemcachePieces
from satchel_memcache.refill import ITS_OWN, Refill
from satchel_memcache.register import Register
from satchel_memcache.ring import Ring
from satchel_memcache.seal import Seal

PAUSES = 5
"""After so many ``memcache_retry_interval`` every node knows that a host is back."""


class Memcache:
    """Hosts that are asked in threads of their own, and registers that keep a value on two.

    A key's hosts are the first two by rendezvous over all that are configured, up or not.
    """

    Config = MemcacheConfig

    def __init__(self, config: MemcacheConfig, ctx: PluginContext) -> None:
        self.config = config
        self.ctx = ctx
        self._counters = Counters()
        self._tallies = [self._counters]
        lifetime = Lifetime(config.lifetime)
        names = [parse_address(text).name for text in config.memcache_hosts]
        born = f"{config.memcache_prefix}:born"
        birth = Birth(born, names, lambda: lifetime.longest, ctx.clock)
        self._cells = [
            HostCell(
                self._host(text, birth.greeting, config.memcache_timeout),
                birth,
                lifetime,
                ctx.clock,
            )
            for text in config.memcache_hosts
        ]
        self._ring = Ring(self._cells)
        # Whoever waits for a session must not wait behind a file.
        self._block_hosts = [
            self._host(text, birth.greeting, config.block_timeout) for text in config.memcache_hosts
        ]
        self._check = Check(self.hosts, birth, self._counted, ctx.clock)
        self._refill = Refill(
            self.hosts,
            birth,
            self._homes_of,
            config.memcache_prefix,
            self._counters,
            PAUSES * config.memcache_retry_interval,
        )

    @classmethod
    def of(cls, ctx: PluginContext) -> "Memcache":
        """The hosts of a plugin that has ``requires = ("memcache",)``."""
        found = ctx.plugins.get("memcache")
        if not isinstance(found, cls):
            raise UnusableMemcache(
                f'The plugin "{ctx.name}" needs memcached: add "memcache" to the plugins in use.'
            )
        return found

    @property
    def counters(self) -> Mapping[str, int]:
        """What happened since this process began, counted by name."""
        return self._counted().as_mapping()

    def tally(self) -> Counters:
        """Counters of a register of somebody else's that has hosts among its cells."""
        self._tallies.append(Counters())
        return self._tallies[-1]

    @property
    def hosts(self) -> Sequence[Host]:
        """All hosts, in the order of the settings."""
        return [cell.host for cell in self._cells]

    def key(self, kind: str, name: str) -> str:
        """What a thing is called in memcached: strange letters and long names do no harm."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.config.memcache_prefix}:{kind}:{digest}"

    def host_key(self, name: str) -> str:
        """What a thing is called that tells of the host it lies in; it is not copied to others."""
        return f"{self.config.memcache_prefix}{ITS_OWN}{name}"

    def cells_of(self, key: str) -> Sequence[HostCell]:
        """The cells of a key, first in rank first; one when only one host is configured."""
        return self._ring.hosts_of(key)

    def expect_room(self, size: int) -> None:
        """``UnusableMemcache`` when one of the hosts that have answered takes no such item."""
        small = [host for host in self.hosts if host.limit is not None and host.limit < size]
        if small:
            names = ", ".join(host.name for host in small)
            raise UnusableMemcache(
                f"{names} takes no item of {size} bytes: start memcached with -I 1m or more."
            )

    def register(self) -> Register:
        """Values that are kept on both hosts of their key; name them with ``key``."""
        return Register(self.cells_of, Seal(self.ctx.keys), self.ctx.clock, self._counters)

    def large_register(self, most: int) -> LargeRegister:
        """A register for values of up to ``most`` bytes, whatever the hosts take as one item."""
        return LargeRegister(self.register(), self.copies(), most, self._room, self._counters)

    def copies(self) -> Copies:
        """Items that never change, on both hosts of their key, over connections of their own."""
        return Copies(self._block_hosts, self.ctx.clock, self._counters)

    def pieces(self, lifetime: float) -> MemcachePieces:
        """Pieces of attachments, kept for ``lifetime`` seconds unless they are extended."""
        index = PieceIndex(self.register(), self.key)
        frames = Frames(self.key, self.ctx.keys)
        clock, counters = self.ctx.clock, self._counters
        return MemcachePieces(self.copies(), frames, index, clock, counters, lifetime)

    @hookimpl
    @asynccontextmanager
    async def plugin_lifespan(self, ctx: PluginContext) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for host in (*self.hosts, *self._block_hosts):
                host.start()
                stack.push_async_callback(host.close)
            await self._check.begin()
            if len(self.hosts) > 1:
                refilling = asyncio.create_task(self._refill.run())
                stack.push_async_callback(asyncio.wait, {refilling})
                stack.callback(refilling.cancel)
            yield

    @hookimpl
    async def plugin_health(self) -> Health:
        return await self._check.health()

    def _counted(self) -> Counters:
        return reduce(Counters.plus, self._tallies)

    def _homes_of(self, key: str) -> Sequence[Host]:
        return [cell.host for cell in self.cells_of(key.partition(HOME)[0])]

    def _room(self) -> int:
        """How many bytes every host takes as one item, and a block at the most."""
        limits = [host.limit for host in self.hosts if host.limit is not None]
        return min([BLOCK, *limits])

    def _host(self, text: str, greeting: Callable[[], bytes], timeout: float) -> Host:
        retry = self.config.memcache_retry_interval
        return Host(parse_address(text), timeout, retry, greeting, self._counters)
