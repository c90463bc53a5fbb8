"""A memcached host as a cell."""

import asyncio
from collections.abc import Callable

from satchel_memcache.birth import Birth
from satchel_memcache.expiry import to_exptime
from satchel_memcache.host import Host
from satchel_memcache.seen import Seen, Token


class Lifetime:
    """How long a value may live at the longest, as far as is known: it only grows."""

    def __init__(self, longest: float) -> None:
        self.longest = longest

    def extend(self, seconds: float) -> None:
        """Take note of a value that lives for so long."""
        self.longest = max(self.longest, seconds)


class HostCell:
    """Keeps values in one host; one that began empty when others did not proves no absence."""

    def __init__(
        self, host: Host, birth: Birth, lifetime: Lifetime, clock: Callable[[], float]
    ) -> None:
        self.name = host.name
        self.host = host
        self._birth = birth
        self._lifetime = lifetime
        self._clock = clock

    @property
    def limit(self) -> int | None:
        return self.host.limit

    def look(self, key: str) -> asyncio.Future[Seen]:
        return self.host.look(key)

    async def add(self, key: str, raw: bytes, keep: float) -> bool:
        return await self.host.add(key, raw, self._exptime(keep))

    async def cas(self, key: str, raw: bytes, token: object, keep: float) -> bool:
        assert isinstance(token, Token)
        return await self.host.cas(key, raw, token, self._exptime(keep))

    async def recalls(self) -> bool:
        return await self._birth.recalls(self.host)

    def distrust(self) -> None:
        self.host.distrust()

    def _exptime(self, keep: float) -> int:
        now = self._clock()
        self._lifetime.extend(keep - now)
        return to_exptime(keep, now)
