"""The plugin: the memcached hosts, shared by all stores of the process that keep values there."""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from satchel_hookspecs import Health, PluginContext, hookimpl
from satchel_memcache.address import parse_address
from satchel_memcache.birth import Birth
from satchel_memcache.check import Check
from satchel_memcache.config import MemcacheConfig
from satchel_memcache.counters import Counters
from satchel_memcache.errors import UnusableMemcache
from satchel_memcache.host import Host
from satchel_memcache.host_cell import HostCell, Lifetime
from satchel_memcache.register import Register
from satchel_memcache.ring import Ring
from satchel_memcache.seal import Seal


class Memcache:
    """Hosts that are asked in threads of their own, and registers that keep a value on two.

    A key's hosts are the first two by rendezvous over all that are configured, up or not.
    """

    Config = MemcacheConfig

    def __init__(self, config: MemcacheConfig, ctx: PluginContext) -> None:
        self.config = config
        self.ctx = ctx
        self._counters = Counters()
        birth = Birth(f"{config.memcache_prefix}:born", ctx.clock)
        lifetime = Lifetime(config.longest)
        self._cells = [
            HostCell(self._host(text, birth.greeting), birth, lifetime, ctx.clock)
            for text in config.memcache_hosts
        ]
        self._ring = Ring(self._cells)
        self._check = Check(self.hosts, birth, self._counters, ctx.clock)

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
        return self._counters.as_mapping()

    @property
    def hosts(self) -> Sequence[Host]:
        """All hosts, in the order of the settings."""
        return [cell.host for cell in self._cells]

    def key(self, kind: str, name: str) -> str:
        """What a thing is called in memcached: strange letters and long names do no harm."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.config.memcache_prefix}:{kind}:{digest}"

    def cells_of(self, key: str) -> Sequence[HostCell]:
        """The cells of a key, first in rank first; one when only one host is configured."""
        return self._ring.hosts_of(key)

    def register(self) -> Register:
        """Values that are kept on both hosts of their key; name them with ``key``."""
        return Register(self.cells_of, Seal(self.ctx.keys), self.ctx.clock, self._counters)

    @hookimpl
    @asynccontextmanager
    async def plugin_lifespan(self, ctx: PluginContext) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for host in self.hosts:
                host.start()
                stack.push_async_callback(host.close)
            await self._check.begin()
            yield

    @hookimpl
    async def plugin_health(self) -> Health:
        return await self._check.health()

    def _host(self, text: str, greeting: Callable[[], bytes]) -> Host:
        config = self.config
        return Host(
            parse_address(text),
            config.memcache_timeout,
            config.memcache_retry_interval,
            greeting,
            self._counters,
        )
