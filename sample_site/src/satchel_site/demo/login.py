"""Who may sign in to the demo's IMAP server."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from pymap.exceptions import AuthorizationFailure, InvalidAuth, NotAllowedError, UserNotFound
from pymap.interfaces.login import IdentityInterface, LoginInterface
from pymap.interfaces.session import SessionInterface
from pymap.interfaces.token import TokensInterface
from pymap.user import UserMetadata
from pysasl.creds.server import ServerCredentials
from pysasl.identity import Identity

from satchel_site.demo.accounts import DemoAccount

_SLOWDOWN_SECONDS = 0.3


def same_secret(said: str, kept: str) -> bool:
    """Compare two passwords in the time that any comparison takes."""
    return secrets.compare_digest(
        said.encode("utf-8", "surrogateescape"), kept.encode("utf-8", "surrogateescape")
    )


class Person(IdentityInterface, Identity):
    """An account as pymap sees it: a name, a password, and a session to be had."""

    def __init__(self, account: DemoAccount, session: Callable[[], SessionInterface]) -> None:
        self._account = account
        self._session = session

    @property
    def name(self) -> str:
        return self._account.address

    @property
    def authcid(self) -> str:
        return self._account.address

    @property
    def roles(self) -> frozenset[str]:
        return frozenset()

    def compare_authcid(self, authcid: str) -> bool:
        return authcid.lower() == self.name

    def compare_secret(self, value: str) -> bool:
        return same_secret(value, self._account.password)

    def get_clear_secret(self) -> str | None:
        return self._account.password

    @asynccontextmanager
    async def new_session(self) -> AsyncIterator[SessionInterface]:
        yield self._session()

    async def new_token(self, *, expiration: datetime | None = None) -> str | None:
        return None

    async def get(self) -> UserMetadata:
        raise NotAllowedError

    async def set(self, metadata: UserMetadata) -> int | None:
        raise NotAllowedError

    async def delete(self) -> None:
        raise NotAllowedError


class Login(LoginInterface):
    """Lets the demo's people in, by their password, and each only to their own mail."""

    def __init__(self, people: Mapping[str, Person]) -> None:
        self._people = people

    @property
    def tokens(self) -> TokensInterface:
        raise NotAllowedError

    async def authenticate(self, credentials: ServerCredentials) -> Person:
        person = self._people.get(credentials.authcid.lower())
        if person is None or not credentials.verify(person):
            await asyncio.sleep(_SLOWDOWN_SECONDS)
            raise InvalidAuth
        return person

    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> Person:
        if authzid.lower() != authenticated.name:
            raise AuthorizationFailure
        try:
            return self._people[authenticated.name]
        except KeyError as error:
            raise UserNotFound(authzid) from error
