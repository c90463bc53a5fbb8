"""All connections of one database, from their opening to their end."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import select

from satchel_database.config import DatabaseConfig
from satchel_database.family import Family, Purpose, Replicated
from satchel_database.lane import Lane
from satchel_database.reader import Reader
from satchel_hookspecs import Health, StoreError

HEALTH_SECONDS = 0.4
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lanes:
    """Where to write, where the last state is seen, and the reader if there is one."""

    writer: Lane
    latest: Lane
    reader: Reader | None


@asynccontextmanager
async def open_lanes(family: Family, config: DatabaseConfig) -> AsyncIterator[Lanes]:
    """Check what was set up, then open connections as they are needed."""
    await family.prepare(config.deadline)
    async with AsyncExitStack() as stack:

        def open_lane(purpose: Purpose, places: int) -> Lane:
            lane = family.lane(purpose, places, config.deadline)
            stack.push_async_callback(lane.close, config.deadline)
            return lane

        writer = open_lane("write", config.connections)
        if not isinstance(family, Replicated):
            yield Lanes(writer, open_lane("look", config.readers), None)
        elif config.replica is None:
            yield Lanes(writer, writer, None)
        else:
            if detail := await family.prepare_replica(config.deadline):
                log.warning("%s. The writer answers in its place.", detail)
            replica = open_lane("replica", config.connections)
            yield Lanes(writer, writer, Reader(family, replica, writer))


async def look_at(lanes: Lanes, family: Family) -> Health:
    """How the servers are."""
    try:
        async with lanes.latest.look(family.looking, HEALTH_SECONDS) as turn:
            await turn.run(lambda connection: connection.execute(select(1)))
    except StoreError as error:
        return Health("failed", f"It cannot be read: {error}")
    try:
        async with lanes.writer.transaction(family.writing, HEALTH_SECONDS) as turn:
            await turn.run(lambda connection: connection.execute(select(1)))
    except StoreError as error:
        return Health("degraded", f"It can be read but not written: {error}")
    if lanes.reader is not None and (detail := await lanes.reader.complaint()):
        return Health("degraded", f"{detail} The writer answers in its place.")
    return Health("ok")
