"""Stores in a database server that the kit reaches through a relay, which can fail."""

from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from satchel_attachments_database.harness import DatabaseHarness as AttachmentsHarness
from satchel_session_db.harness import DatabaseHarness as SessionsHarness
from satchel_testkit.harness import Harness
from satchel_testkit.options import Options
from satchel_testkit.relay import Hooks
from tests.servers.fault_proxy import FaultProxy


class BehindRelay(Harness):
    """Writes go through a relay that stands as long as the first store of the medium does.

    The reader is reached without it, so that it would be seen if it answered for the writer.
    """

    def __init__(self, store: type, label: str, folder: Path, options: Options) -> None:
        super().__init__(store, label, folder, options)
        self._relay: FaultProxy | None = None

    @property
    def options(self) -> Options:
        found = super().options
        if self._relay is None:
            return found
        server, relay = urlsplit(found["db_dsnw"]), self._relay
        there, here = f"@{server.hostname}:{server.port}/", f"@{relay.host}:{relay.port}/"
        return {**found, "db_dsnw": found["db_dsnw"].replace(there, here)}

    async def start(self, stack: AsyncExitStack, plugin: type, label: str, hooks: Hooks) -> object:
        if self._relay is None:
            stack.enter_context(self._relayed())
        return await super().start(stack, plugin, label, hooks)

    def break_backend(self) -> None:
        self._running.refuse()
        self._running.cut_before(b"")  # whatever is sent over a connection that is open

    def hang_backend(self) -> None:
        self._running.stall()

    def heal_backend(self) -> None:
        self._running.heal()

    @contextmanager
    def _relayed(self) -> Iterator[None]:
        server = urlsplit(self.options["db_dsnw"])
        assert server.hostname is not None
        assert server.port is not None
        with FaultProxy(server.hostname, server.port) as self._relay:
            yield
        self._relay = None

    @property
    def _running(self) -> FaultProxy:
        assert self._relay is not None, "No store has been started."
        return self._relay


class SessionsOnServer(BehindRelay, SessionsHarness):
    """Sessions as rows of a server."""

    can: ClassVar[frozenset[str]] = SessionsHarness.can | {"break_backend"}


class AttachmentsOnServer(BehindRelay, AttachmentsHarness):
    """Files as rows of a server."""

    can: ClassVar[frozenset[str]] = AttachmentsHarness.can | {"break_backend"}
