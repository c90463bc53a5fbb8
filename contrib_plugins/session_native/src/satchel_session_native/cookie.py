"""Sessions in a cookie, enciphered with keys of the installation."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp_session.cookie_storage import EncryptedCookieStorage
from cryptography.fernet import Fernet, MultiFernet

from satchel_hookspecs import PluginContext
from satchel_session_native.config import NativeConfig
from satchel_session_native.opened import Opened


class KeyRing(Fernet):
    """Enciphers with the first key; every one opens, so that a secret can be replaced."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        fernets = [Fernet(urlsafe_b64encode(key)) for key in keys]
        super().__init__(urlsafe_b64encode(keys[0]))
        self._all = MultiFernet(fernets)

    def decrypt(self, token: bytes | str, ttl: int | None = None) -> bytes:
        """Open what any of the keys has enciphered."""
        return self._all.decrypt(token, ttl)


def make_ring(config: NativeConfig, ctx: PluginContext) -> Fernet:
    """The operator's own key, or else keys that are derived from the installation's secrets."""
    return Fernet(config.key) if config.key else KeyRing(ctx.keys)


@asynccontextmanager
async def open_cookie(config: NativeConfig, ring: Fernet) -> AsyncIterator[Opened]:
    """Open the encrypted cookie storage of aiohttp-session."""
    yield Opened(EncryptedCookieStorage(ring, **config.cookie))
