"""An IMAP session for asyncio: calls run in threads, each with a deadline."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from satchel.mail.errors import MailError, MailServerUnavailable
from satchel.mail.imap_session import ImapSession
from satchel.mail.imap_sign_in import open_session
from satchel.mail.server import Credentials, MailServer

T = TypeVar("T")

_FRESH_SECONDS = 5.0
_log = logging.getLogger(__name__)


class ImapConnection:
    """One connection of a pool. After any doubt about its state it is dropped, never reused."""

    def __init__(self, session: ImapSession, threads: ThreadPoolExecutor, deadline: float) -> None:
        self._session = session
        self._threads = threads
        self._deadline = deadline
        self._loop = asyncio.get_running_loop()
        self.is_usable = True
        self.idle_since = self._loop.time()

    @classmethod
    async def open(
        cls, server: MailServer, credentials: Credentials, threads: ThreadPoolExecutor
    ) -> "ImapConnection":
        """Connect and sign in; `LoginRefused` or `MailServerUnavailable` if that fails."""
        deadline = 3 * server.timeout
        call = asyncio.wrap_future(threads.submit(open_session, server, credentials))
        try:
            async with asyncio.timeout(deadline):
                session = await asyncio.shield(call)
        except BaseException as error:
            call.add_done_callback(_hang_up_late)
            if isinstance(error, MailError) or not isinstance(error, Exception):
                raise
            raise _unavailable(error) from error
        return cls(session, threads, deadline)

    async def run(self, call: Callable[[ImapSession], T]) -> T:
        """Run the call in a thread and return what it returns.

        Its `MailError` comes through and leaves the connection good. Anything else, being
        cancelled included, drops the connection; an error becomes `MailServerUnavailable`.
        """
        try:
            async with asyncio.timeout(self._deadline):
                return await self._loop.run_in_executor(self._threads, self._session.call, call)
        except MailServerUnavailable:
            self.drop()
            raise
        except MailError:
            raise
        except Exception as error:
            self.drop()
            raise _unavailable(error) from error
        except BaseException:
            self.drop()
            raise

    async def is_alive(self) -> bool:
        """Whether the server still listens. One that was idle for long is asked."""
        if self._loop.time() - self.idle_since < _FRESH_SECONDS and self._session.is_quiet():
            return True
        with contextlib.suppress(MailServerUnavailable):
            await self.run(ImapSession.noop)
        return self.is_usable

    def close(self) -> None:
        """Say good-bye, without anybody waiting for it."""
        self.is_usable = False
        self._threads.submit(self._session.logout)

    def drop(self) -> None:
        """Hang up now; a thread that waits for this server wakes up."""
        self.is_usable = False
        self._session.hang_up()


def _hang_up_late(call: "asyncio.Future[ImapSession]") -> None:
    """Close the connection that came about after nobody wanted it any more."""
    if not call.cancelled() and call.exception() is None:
        call.result().hang_up()


def _unavailable(error: Exception) -> MailServerUnavailable:
    if isinstance(error, TimeoutError):
        return MailServerUnavailable("The mail server did not answer in time.")
    if isinstance(error, OSError):
        return MailServerUnavailable("The connection to the mail server was lost.")
    _log.warning("the IMAP server gave an answer that makes no sense", exc_info=error)
    return MailServerUnavailable("The mail server gave an answer that makes no sense.")
