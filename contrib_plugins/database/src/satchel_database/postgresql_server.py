"""A server of PostgreSQL: what it is, how far it has come, and connections to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import asyncpg  # type: ignore[import-untyped]

from satchel_database.dsn import Dsn, Host
from satchel_database.errors import UnfitServer, UnusableDatabase
from satchel_database.hosts import places, take_best, writable
from satchel_database.reach import Reach

TLS = {"sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl"}
OPTIONS = TLS | {"application_name", "schema"}
FAMILY = "postgresql"

# On a replica the timeline is that of its last restart point: never newer than what it replayed.
IDENTITY = """
SELECT (SELECT system_identifier FROM pg_control_system())::text AS system,
  CASE WHEN pg_is_in_recovery() THEN greatest(
      (SELECT timeline_id FROM pg_control_checkpoint()),
      (SELECT min_recovery_end_timeline FROM pg_control_recovery()))
    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int END
    AS timeline,
  (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
    WHEN current_setting('synchronous_commit') = 'off' THEN pg_current_wal_insert_lsn()
    ELSE pg_current_wal_flush_lsn() END - '0/0'::pg_lsn)::bigint AS lsn
"""
STATE = "SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on'"


@dataclass(frozen=True, slots=True)
class PostgresqlReach(Reach):
    """The end of what was written or replayed; numbers of one system grow with its timelines."""

    system: str
    timeline: int
    lsn: int

    @property
    def sources(self) -> dict[str, int]:
        """As a user's position counts it."""
        return {f"{FAMILY}:{self.system}:{self.timeline}": self.lsn}

    def covers(self, asked: Mapping[str, int], writer: Reach | None) -> bool:
        return self.is_at(writer) and all(
            int(timeline) <= self.timeline and number <= self.lsn
            for (family, system, timeline), number in _parts(asked)
            if (family, system) == (FAMILY, self.system)
        )

    def is_of(self, writer: Reach) -> bool:
        return isinstance(writer, PostgresqlReach) and self.system == writer.system

    def is_at(self, writer: Reach | None) -> bool:
        """Whether it goes on with the writer's history; where both are written they are one."""
        mine = (self.system, self.timeline)
        return isinstance(writer, PostgresqlReach) and mine == (writer.system, writer.timeline)


class PostgresqlServer:
    """Whichever host of a DSN is the writer, or a replica of ``writer``."""

    def __init__(self, dsn: Dsn, writer: "PostgresqlServer | None" = None) -> None:
        self.dsn = dsn
        self._writer = writer
        self.reached: PostgresqlReach | None = None

    async def connect(self, seconds: float) -> "asyncpg.Connection[Any]":
        """Connect to the newest host that does its part, or raise what is wrong with each."""
        found = await take_best(
            places(self.dsn), partial(self._connect_to, seconds), _timeline, _close
        )
        connection, reached = found
        known = self.reached
        if known is not None and reached.is_of(known) and reached.timeline < known.timeline:
            await _close(found)
            raise UnfitServer("Only a server that was replaced by another answers.")
        self.reached = reached
        return connection

    async def _connect_to(
        self, seconds: float, host: Host | None
    ) -> "tuple[asyncpg.Connection[Any], PostgresqlReach]":
        connection = await self._open(seconds, host)
        try:
            return connection, await self._check(connection)
        except BaseException:
            connection.terminate()
            raise

    async def _open(self, seconds: float, host: Host | None) -> "asyncpg.Connection[Any]":
        dsn = self.dsn
        try:
            return await asyncpg.connect(
                f"postgresql://?{urlencode(self._tls())}",
                host=host.name if host else dsn.socket,
                port=(host.port if host else None) or 5432,
                user=dsn.user, password=dsn.password, database=dsn.database,
                timeout=seconds, server_settings=self._session(seconds),
            )  # fmt: skip
        except asyncpg.ClientConfigurationError as error:
            raise UnusableDatabase(f"the options do not go together: {error}.") from error

    async def _check(self, connection: "asyncpg.Connection[Any]") -> PostgresqlReach:
        recovering, read_only = await connection.fetchrow(STATE)
        reached = PostgresqlReach(*await connection.fetchrow(IDENTITY))
        if self._writer is None:
            if recovering or read_only:
                raise UnfitServer(
                    "It is a replica, or read only: name the server that can be written."
                )
        elif not recovering:
            raise writable(self._writer.dsn, reached.is_at(self._writer.reached))
        return reached

    def _tls(self) -> dict[str, str]:
        return {name: value for name, value in self.dsn.options if name in TLS}

    def _session(self, seconds: float) -> dict[str, str]:
        # A node that dies or hangs in the midst of a transaction must not keep its locks.
        limit = str(int(seconds * 1000) + 1000)
        session = {
            "statement_timeout": limit,
            "idle_in_transaction_session_timeout": limit,
            "application_name": self.dsn.option("application_name") or "satchel",
        }
        if self._writer:
            session["default_transaction_read_only"] = "on"
        if schema := self.dsn.option("schema"):
            session["search_path"] = schema
        return session


def _timeline(found: "tuple[asyncpg.Connection[Any], PostgresqlReach]") -> int:
    return found[1].timeline


async def _close(found: "tuple[asyncpg.Connection[Any], PostgresqlReach]") -> None:
    found[0].terminate()


def _parts(asked: Mapping[str, int]) -> list[tuple[tuple[str, str, str], int]]:
    split = [(source.split(":"), number) for source, number in asked.items()]
    return [((s[0], s[1], s[2]), number) for s, number in split if len(s) == 3]
