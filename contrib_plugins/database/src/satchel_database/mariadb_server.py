"""A server of MariaDB: what it is, how far it has come, and connections to it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncmy
from asyncmy.constants.CLIENT import FOUND_ROWS
from asyncmy.errors import MySQLError

from satchel_database.dsn import Dsn, Host
from satchel_database.errors import UnfitServer
from satchel_database.hosts import places, take_best, writable
from satchel_database.mariadb_version import check_version, isolates_snapshots
from satchel_database.reach import Reach
from satchel_database.tls import tls_context
from satchel_hookspecs import Unavailable

FAMILY = "mariadb"
STATE = "SELECT @@server_id, @@read_only, @@gtid_slave_pos, @@gtid_current_pos"
CLUSTER = "SELECT coalesce(max(id), '') FROM satchel_cluster"
NO_SUCH_TABLE = 1146
STATEMENTS_KEPT = 100


@dataclass(frozen=True, slots=True)
class MariadbReach(Reach):
    """The last transaction of each domain; ``cluster`` is a row that every copy has."""

    cluster: str
    sequences: Mapping[int, int]
    server: int | None = None

    @property
    def sources(self) -> dict[str, int]:
        """As a user's position counts it."""
        return {f"{FAMILY}:{self.cluster}:{d}": number for d, number in self.sequences.items()}

    def covers(self, asked: Mapping[str, int], writer: Reach | None) -> bool:
        if writer is None or not self.is_of(writer):
            return False
        mine, known = f"{FAMILY}:{self.cluster}:", self.sources
        return all(
            number <= known.get(source, -1)
            for source, number in asked.items()
            if source.startswith(mine)
        )

    def is_of(self, writer: Reach) -> bool:
        return isinstance(writer, MariadbReach) and self.cluster == writer.cluster


class MariadbServer:
    """Whichever host of a DSN is the writer, or a replica of ``writer``."""

    def __init__(self, dsn: Dsn, writer: "MariadbServer | None" = None) -> None:
        self.dsn = dsn
        self._writer = writer
        self.reached: MariadbReach | None = None

    async def connect(self, seconds: float) -> Any:  # Any: asyncmy has no types for it
        """Connect to a host that does its part, or raise what is wrong with each."""
        connect = partial(self._connect_to, seconds)
        connection, reached = await take_best(places(self.dsn), connect, _rank, _close)
        self.reached = reached
        return connection

    async def _connect_to(self, seconds: float, host: Host | None) -> tuple[Any, MariadbReach]:
        dsn = self.dsn
        connection: Any = await asyncmy.connect(
            host=host.name if host else None,
            port=(host.port if host else None) or 3306,
            unix_socket=dsn.socket, user=dsn.user, database=dsn.database,
            # as bytes: asyncmy knows no password beyond Latin-1
            password=(dsn.password or "").encode(),
            charset="utf8mb4", autocommit=True, client_flag=FOUND_ROWS,
            connect_timeout=dsn.limit(seconds), ssl=tls_context(dsn),
            # prepared statements carry bytes as they are; escaping them stalls the loop
            stmt_cache_size=STATEMENTS_KEPT,
        )  # fmt: skip
        try:
            # First: what is said to MariaDB below is not understood by others.
            version = connection.get_server_info()
            check_version(version)
            await connection.query(self._session(seconds, isolates_snapshots(version)))
            return connection, await self._check(connection)
        except BaseException:
            connection.close()
            raise

    async def _check(self, connection: Any) -> MariadbReach:
        server, read_only, followed, reached = await fetch(connection, STATE)
        if self._writer is None:
            if read_only:
                raise UnfitServer("It is read only: name the server that can be written.")
            cluster = await _cluster(connection) or await _found(connection)
            return MariadbReach(cluster, parse(reached), server)
        if not read_only:
            known, cluster = self._writer.reached, await _cluster(connection)
            same = known is not None and (known.cluster, known.server) == (cluster, server)
            raise writable(self._writer.dsn, same)
        if not followed:
            raise UnfitServer("It follows no server by GTID: set MASTER_USE_GTID = slave_pos.")
        return MariadbReach(self._same(await _cluster(connection)), parse(followed))

    def _same(self, cluster: str) -> str:
        known = self._writer.reached if self._writer else None
        if not cluster:
            raise Unavailable("It has not come as far as the first start of satchel.")
        if known is not None and known.cluster != cluster:
            raise UnfitServer("It belongs to another cluster than the writer: name its replica.")
        return cluster

    def _session(self, seconds: float, snapshots: bool) -> str:
        # A node that dies or hangs in the midst of a transaction must not keep its locks.
        limit = int(seconds) + 1
        settings = {
            "sql_mode": "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
            "idle_transaction_timeout": limit,
            "max_statement_time": limit,
            "innodb_lock_wait_timeout": limit,
            "tx_isolation": "'REPEATABLE-READ'",
            "tx_read_only": int(self._writer is not None),
        }
        if snapshots:
            # Two changes of one row follow each other, as they do on the other databases.
            settings["innodb_snapshot_isolation"] = 0
        return "SET " + ", ".join(f"SESSION {name} = {value}" for name, value in settings.items())


async def fetch(connection: Any, statement: str) -> tuple[Any, ...]:
    """The only row of a statement."""
    async with connection.cursor() as cursor:
        await cursor.execute(statement)
        found: tuple[Any, ...] = await cursor.fetchone()
    return found


def parse(gtids: str) -> dict[int, int]:
    """The sequence of each domain in a list of GTIDs."""
    parts = (gtid.strip().split("-") for gtid in gtids.split(",") if gtid.strip())
    return {int(domain): int(sequence) for domain, _server, sequence in parts}


async def _cluster(connection: Any) -> str:
    try:
        return str((await fetch(connection, CLUSTER))[0])
    except MySQLError as error:
        if error.args[0] != NO_SUCH_TABLE:
            raise
    return ""


async def _found(connection: Any) -> str:
    async with connection.cursor() as cursor:
        await cursor.execute(
            "CREATE TABLE IF NOT EXISTS satchel_cluster (one INT PRIMARY KEY, id CHAR(32) NOT NULL)"
        )
        name = uuid.uuid4().hex
        await cursor.execute("INSERT IGNORE INTO satchel_cluster VALUES (1, %s)", (name,))
    return await _cluster(connection)


def _rank(_found: tuple[Any, MariadbReach]) -> int:
    return 0


async def _close(found: tuple[Any, MariadbReach]) -> None:
    found[0].close()
