"""The IMAP connections that a node keeps open, a few for each account."""

import asyncio
import contextlib
import hashlib
import secrets
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from satchel.mail.account import Account
from satchel.mail.errors import MailServerUnavailable
from satchel.mail.imap_connection import ImapConnection
from satchel.mail.server import Credentials, MailServer


class _Seats:
    """The connections of one account: who waits, and which are idle."""

    def __init__(self, size: int) -> None:
        self.free = asyncio.Semaphore(size)
        self.idle: list[ImapConnection] = []
        self.users = 0


class ImapPool:
    """Connections to one server, bounded for each account, in threads of their own.

    A connection is only ever lent to whoever knows the password it was opened with. Use it as
    an async context manager, or `close` it.
    """

    def __init__(
        self,
        server: MailServer,
        *,
        size_per_account: int = 4,
        idle_seconds: float = 240.0,
        max_idle: int = 200,
        threads: int = 32,
    ) -> None:
        self._server = server
        self._size = size_per_account
        self._idle_seconds = idle_seconds
        self._max_idle = max_idle
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="imap")
        self._seats: dict[bytes, _Seats] = {}
        self._key = secrets.token_bytes(32)
        self._sweeper: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def __aenter__(self) -> "ImapPool":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def account(self, credentials: Credentials) -> Account:
        """Return the account; each thing done with it borrows a connection for as long."""
        return Account(self.lend, credentials)

    async def check_login(self, credentials: Credentials) -> None:
        """Sign in anew. `LoginRefused` for a wrong password, else `MailServerUnavailable`."""
        connection = await ImapConnection.open(self._server, credentials, self._threads)
        seats = self._seats.setdefault(self._digest(credentials), _Seats(self._size))
        self._put_back(seats, connection)

    @contextlib.asynccontextmanager
    async def lend(self, credentials: Credentials) -> AsyncIterator[ImapConnection]:
        """Lend a connection that was alive a moment ago; waiters are served in turn."""
        digest = self._digest(credentials)
        seats = self._seats.setdefault(digest, _Seats(self._size))
        seats.users += 1
        try:
            await self._sit_down(seats)
            try:
                connection = await self._take(seats, credentials)
                try:
                    yield connection
                finally:
                    self._put_back(seats, connection)
            finally:
                seats.free.release()
        finally:
            seats.users -= 1
            self._forget_empty()

    def forget(self, credentials: Credentials) -> None:
        """Close the account's idle connections, as at signing out."""
        seats = self._seats.get(self._digest(credentials))
        while seats and seats.idle:
            seats.idle.pop().close()
        self._forget_empty()

    async def close(self) -> None:
        """Close every idle connection and let the threads end."""
        self._is_closed = True
        if self._sweeper:
            self._sweeper.cancel()
        for seats in self._seats.values():
            while seats.idle:
                seats.idle.pop().close()
        self._threads.shutdown(wait=False)

    async def _sit_down(self, seats: _Seats) -> None:
        try:
            async with asyncio.timeout(self._server.timeout):
                await seats.free.acquire()
        except TimeoutError as error:
            raise MailServerUnavailable(
                "Too much is being asked of this account at once. Try again in a moment."
            ) from error

    async def _take(self, seats: _Seats, credentials: Credentials) -> ImapConnection:
        while seats.idle:
            connection = seats.idle.pop()
            if await connection.is_alive():
                return connection
            connection.drop()
        return await ImapConnection.open(self._server, credentials, self._threads)

    def _put_back(self, seats: _Seats, connection: ImapConnection) -> None:
        if self._is_closed:
            connection.drop()
        if not connection.is_usable:
            return
        idle = sum(len(others.idle) for others in self._seats.values())
        if idle >= self._max_idle or len(seats.idle) >= self._size:
            connection.close()
            return
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        seats.idle.append(connection)
        if self._sweeper is None:
            self._sweeper = loop.call_later(self._idle_seconds, self._sweep)

    def _sweep(self) -> None:
        """Close what has been idle for too long, and come back while anything is left."""
        loop = asyncio.get_running_loop()
        oldest = loop.time() - self._idle_seconds
        for seats in self._seats.values():
            for connection in [c for c in seats.idle if c.idle_since <= oldest]:
                seats.idle.remove(connection)
                connection.close()
        self._forget_empty()
        self._sweeper = None
        if any(seats.idle for seats in self._seats.values()):
            self._sweeper = loop.call_later(self._idle_seconds / 2, self._sweep)

    def _forget_empty(self) -> None:
        for digest in [d for d, s in self._seats.items() if not s.users and not s.idle]:
            del self._seats[digest]

    def _digest(self, credentials: Credentials) -> bytes:
        secret = "\0".join((credentials.username, credentials.password, credentials.method))
        data = secret.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, key=self._key).digest()
