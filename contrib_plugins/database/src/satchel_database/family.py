"""What each kind of database brings."""

from collections.abc import Callable
from typing import Literal, Protocol, runtime_checkable

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from satchel_database.lane import Lane
from satchel_database.manner import Manner
from satchel_database.reach import Reach

Purpose = Literal["write", "look", "replica"]


class Family(Protocol):
    """One database as its DSNs name it: how to check it, reach it and speak to it.

    ``changing`` is ``writing`` that does not ask how far it has come.
    """

    writing: Manner
    changing: Manner
    looking: Manner

    async def prepare(self, seconds: float) -> None:
        """See that the writer can be used as it is set up, or raise ``UnusableDatabase``."""

    def lane(self, purpose: Purpose, places: int, seconds: float) -> Lane:
        """Connections for writing, for looking at the last state, or to the replica."""

    def now(self, clock: Callable[[], float]) -> ColumnElement[float]:
        """Seconds since 1970 by the database's clock."""

    async def lock(self, connection: AsyncConnection, name: str, seconds: float) -> None:
        """Keep other nodes out until the transaction ends; its connection serves nothing else."""


@runtime_checkable
class Replicated(Family, Protocol):
    """A family that has replicas."""

    replica: Manner

    @property
    def reached(self) -> Reach | None:
        """How far the writer had come when it was last connected to."""

    async def reach(self, connection: AsyncConnection) -> Reach:
        """How far the server of this connection has come."""

    async def prepare_replica(self, seconds: float) -> str:
        """See that the replica is one of this writer; return what keeps it from answering now."""
