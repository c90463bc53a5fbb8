"""What an operator can set."""

import re
from dataclasses import dataclass

from satchel_hookspecs import shared
from satchel_memcache.address import AddressError, parse_address

HOUR, DAY = 3600.0, 86400.0
DRAFTS = 49 * HOUR
"""How long what belongs to a draft is kept: files, texts, send tickets."""

_PREFIX = re.compile(r"[!-.0-9;-~]{1,64}")


@dataclass(frozen=True)
class MemcacheConfig:
    """The settings of the memcached hosts.

    ``memcache_timeout`` is how many seconds a host may take to answer, and
    ``memcache_retry_interval`` how often one that did not is tried again, at the longest.
    ``memcache_prefix`` begins every key. ``longest`` is how many seconds a value of a plugin may
    live, where that is longer than sessions and drafts do. ``block_timeout`` is how many seconds a
    host may take for a block of a file; blocks have connections of their own.
    """

    memcache_hosts: tuple[str, ...] = shared()
    memcache_timeout: float = shared(0.2)
    memcache_retry_interval: float = shared(1.0)
    memcache_prefix: str = shared("satchel")
    longest: float = DRAFTS
    block_timeout: float = 1.0
    session_lifetime_max: float = shared(12.0)
    keep_signed_in: float = shared(30.0)

    def __post_init__(self) -> None:
        if not self.memcache_hosts:
            raise ValueError('memcache_hosts is empty: name one, such as ["127.0.0.1:11211"].')
        _check_hosts(self.memcache_hosts)
        for name in ("memcache_timeout", "memcache_retry_interval", "longest", "block_timeout"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ValueError(f"{name} must be more than 0.")
        if not _PREFIX.fullmatch(self.memcache_prefix):
            raise ValueError(
                f'memcache_prefix "{self.memcache_prefix}" cannot begin a key: use 1 to 64 '
                "letters, digits or signs of ASCII, without blanks, colons and slashes."
            )

    @property
    def lifetime(self) -> float:
        """How many seconds any value may live: a younger host does not know of all there are."""
        sessions = max(self.session_lifetime_max * HOUR, self.keep_signed_in * DAY)
        return max(self.longest, sessions, DRAFTS)


def _check_hosts(hosts: tuple[str, ...]) -> None:
    seen: dict[str, str] = {}
    for text in hosts:
        try:
            name = parse_address(text).name
        except AddressError as error:
            raise AddressError(f"memcache_hosts: {error}") from None
        if name in seen:
            raise AddressError(
                f'memcache_hosts: "{text}" and "{seen[name]}" are one host: name each once.'
            )
        seen[name] = text
