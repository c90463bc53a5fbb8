"""What an operator can set."""

import re
from dataclasses import dataclass, field
from typing import TypedDict

from satchel_hookspecs import shared

HOUR, DAY = 3600, 86400
APPLICATION = "application"
BUILT_IN = (APPLICATION, "cookie", "memcached", "redis")

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class CookieParameters(TypedDict):
    """What every storage of aiohttp-session takes by these names."""

    cookie_name: str
    max_age: int
    secure: bool
    httponly: bool
    samesite: str


@dataclass(frozen=True, kw_only=True)
class NativeConfig:
    """The settings of the platform's sessions.

    ``storage`` is ``cookie``, ``memcached``, ``redis``, ``application``, the name of an entry
    point, or ``package.module:name``. ``dsn`` says where memcached or Redis is; ``key`` is the
    Fernet key of a cookie that other applications read too; ``options`` are for a storage of
    somebody else. ``timeout`` is how many seconds a storage may take to answer.
    """

    storage: str = "cookie"
    dsn: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    cookie_name: str = "satchel_platform"
    timeout: float = 5.0
    options: dict[str, str | bool | int | float | None] = field(default_factory=dict, repr=False)
    use_https: bool = shared(True)
    session_lifetime_max: float = shared(12.0)
    keep_signed_in: float = shared(30.0)

    def __post_init__(self) -> None:
        if not 0 < self.timeout <= HOUR:
            raise ValueError('"timeout" must be more than 0 seconds, and an hour at most.')
        if not _NAME.fullmatch(self.cookie_name):
            raise ValueError(f'"{self.cookie_name}" names no cookie: use letters, digits, - and _.')
        if self.dsn and self.storage not in {"memcached", "redis"}:
            raise ValueError(f'"dsn" is for "memcached" and "redis" alone, not for {self._named}.')
        if self.key and self.storage != "cookie":
            raise ValueError(f'"key" is for "cookie" alone, not for {self._named}.')
        if self.options and self.storage in BUILT_IN:
            raise ValueError(f'"options" are for a storage of others, not for {self._named}.')

    @property
    def longest(self) -> int:
        """How many seconds the platform keeps a session that nobody changes."""
        return max(1, round(max(self.session_lifetime_max * HOUR, self.keep_signed_in * DAY)))

    @property
    def cookie(self) -> CookieParameters:
        """The cookie of the storage; over https the prefix of its name keeps it to this host."""
        return {
            "cookie_name": f"__Host-{self.cookie_name}" if self.use_https else self.cookie_name,
            "max_age": self.longest,
            "secure": self.use_https,
            "httponly": True,
            "samesite": "Lax",
        }

    @property
    def _named(self) -> str:
        return f'"{self.storage}"'
