"""The demo's IMAP server: pymap, on folders and accounts of our own."""

import asyncio
import logging
from argparse import Namespace
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from functools import partial
from ssl import PROTOCOL_TLS_SERVER, SSLContext

from proxyprotocol.sock import SocketInfo
from pymap.backend.session import BaseSession
from pymap.concurrent import Subsystem
from pymap.config import BackendCapability, IMAPConfig
from pymap.context import connection_exit
from pymap.imap import IMAPConnection
from pymap.imap.state import ConnectionState
from pymap.parsing.response import Response
from pymap.selected import SelectedMailbox
from pysasl.hashing import Cleartext

from satchel_site.demo.accounts import DemoAccount
from satchel_site.demo.folders import Folders
from satchel_site.demo.limits import LARGEST_MESSAGE
from satchel_site.demo.login import Login, Person
from satchel_site.demo.stored import StoredMessage

_log = logging.getLogger(__name__)

# A client may name a thousand messages in one command.
_LONGEST_LINE = 1024 * 1024
_GATHERED = 64 * 1024
_PURPOSES = {
    "Archive": b"Archive",
    "Drafts": b"Drafts",
    "Junk": b"Junk",
    "Sent": b"Sent",
    "Trash": b"Trash",
}

_Listed = tuple[str, str | None, Sequence[bytes]]


class _Config(IMAPConfig):
    def __init__(self) -> None:
        super().__init__(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=None,
            port=0,
            subsystem=Subsystem.for_asyncio(),
            cpu_subsystem=Subsystem.for_asyncio(),
            # Given, so that pymap does not look for certificates in the environment.
            ssl_context=SSLContext(PROTOCOL_TLS_SERVER),
            tls_enabled=False,
            hash_context=Cleartext(),
            reject_dnsbl=False,
            max_append_len=LARGEST_MESSAGE,
        )

    @property
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(
            idle=True, object_id=False, multi_append=True, custom=[b"SPECIAL-USE"]
        )

    @property
    def greeting(self) -> bytes:
        # pymap would ask the name service for this machine's name, for every connection.
        return b"satchel demo"


class Session(BaseSession[StoredMessage]):
    def __init__(self, owner: str, config: IMAPConfig, folders: Folders) -> None:
        super().__init__(owner)
        self._config = config
        self._folders = folders

    @property
    def config(self) -> IMAPConfig:
        return self._config

    @property
    def mailbox_set(self) -> Folders:
        return self._folders

    async def list_mailboxes(
        self,
        ref_name: str,
        filter_: str,
        subscribed: bool = False,
        selected: SelectedMailbox | None = None,
    ) -> tuple[Iterable[_Listed], SelectedMailbox | None]:
        found, updates = await super().list_mailboxes(ref_name, filter_, subscribed, selected)
        return [_with_purpose(*entry) for entry in found], updates


def _with_purpose(name: str, delimiter: str | None, attributes: Sequence[bytes]) -> _Listed:
    purpose = _PURPOSES.get(name)
    return name, delimiter, [*attributes, purpose] if purpose else attributes


class _Gathering:
    """Gathers what pymap writes word by word, so that a line arrives as a line."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._gathered = bytearray()

    def write(self, data: bytes) -> None:
        self._gathered += data
        if len(self._gathered) > _GATHERED:
            self.flush()

    def flush(self) -> None:
        self._writer.write(bytes(self._gathered))
        self._gathered.clear()


class _Connection(IMAPConnection):
    async def write_response(self, resp: Response) -> None:
        gathering = _Gathering(self.writer)
        with suppress(ConnectionError):  # the client has gone; reading says so next
            await resp.async_write(gathering)
            gathering.flush()
            await self.writer.drain()


async def _converse(
    login: Login, config: IMAPConfig, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    info = SocketInfo.get(writer, None)
    connection = _Connection(config.commands, config, reader, writer, info)
    async with AsyncExitStack() as stack:
        connection_exit.set(stack)
        stack.enter_context(closing(connection))
        await connection.run(ConnectionState(login, config))


@asynccontextmanager
async def serve_imap(
    people: Iterable[tuple[DemoAccount, Folders]], host: str
) -> AsyncIterator[int]:
    """Answer IMAP on a free port, which is yielded, until the context is left."""
    config = _Config()
    opened = {
        account.address: Person(account, partial(Session, account.address, config, folders))
        for account, folders in people
    }
    login = Login(opened)
    conversations: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_converse(login, config, reader, writer))
        conversations.add(task)
        task.add_done_callback(conversations.discard)
        await _until_done(task)

    server = await asyncio.start_server(converse, host, 0, limit=_LONGEST_LINE)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        # From Python 3.12 on, waiting for the server to close waits for its clients as well.
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
        await server.wait_closed()


async def _until_done(task: asyncio.Task[None]) -> None:
    await asyncio.wait([task])
    if not task.cancelled() and (error := task.exception()):
        _log.error("The demo's IMAP server gave up on a connection.", exc_info=error)
