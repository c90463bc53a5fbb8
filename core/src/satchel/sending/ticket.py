"""The ticket: a record of one click on Send, which every node sees.

``claimed`` → ``at_dot`` → ``accepted``, ``refused`` or ``unknown``. ``at_dot`` is committed before
the last word to the server, so a node that dies leaves no doubt on which side of it the message is.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from satchel.sending.draft import Draft
from satchel.sessions.records import Record, Records
from satchel.sessions.values import JSON
from satchel_hookspecs import Conflict, Version

KIND, INDEX = "ticket", "tickets"
SHELVES = 8
LEASE_SECONDS = 60
OPEN_SECONDS = 48 * 3600
ENDED_SECONDS = 24 * 3600


class State(StrEnum):
    """How far a message has come."""

    CLAIMED = "claimed"
    AT_DOT = "at_dot"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One message on its way; ``lease`` is when another node may take it over (seconds, UTC).

    ``username`` and ``password`` are those of the sender, until the ticket has ended; ``files``
    are the ids that the page showed, with their names. ``filed``: its copy is in Sent; ``closed``:
    nothing more is to be done about an accepted message.
    """

    owner: str
    group: str
    username: str
    password: str
    draft: Draft
    files: dict[str, str]
    message_id: str
    date: float
    boundary: str
    node: str
    lease: float
    state: State = State.CLAIMED
    text: str = ""
    lost: tuple[str, ...] = ()
    attempts: int = 1
    filed: bool = False
    closed: bool = False

    @property
    def ended(self) -> bool:
        """Whether nobody has to do anything more about it."""
        return self.closed or self.state in {State.REFUSED, State.UNKNOWN}

    def wiped(self) -> "Ticket":
        """The ticket without what is secret: only its outcome is left."""
        return replace(self, username="", password="", draft=Draft(sender=""))

    def to_json(self) -> dict[str, Any]:  # Any: JSON
        """The ticket as JSON can carry it."""
        return asdict(self) | {"draft": self.draft.to_json(), "lost": list(self.lost)}

    @classmethod
    def from_json(cls, value: Any) -> Self:  # Any: JSON
        """The ticket that ``to_json`` wrote."""
        typed = {
            "draft": Draft.from_json(value["draft"]),
            "state": State(value["state"]),
            "lost": tuple(value["lost"]),
        }
        return cls(**value | typed)


class Held:
    """A ticket that this node holds; its steps are committed one after another."""

    def __init__(self, tickets: "Tickets", id: str, ticket: Ticket, version: Version) -> None:
        self.id = id
        self.ticket = ticket
        self._tickets = tickets
        self._version = version
        self._lock = asyncio.Lock()

    async def commit(self, **changes: Any) -> Ticket:  # Any: the fields of a ticket
        """Write a step down; ``Conflict`` when another node holds the ticket by now.

        An ended ticket is wiped, and not looked for any more.
        """
        async with self._lock:
            ticket = self._tickets.leased(replace(self.ticket, **changes))
            if ticket.ended:
                ticket = ticket.wiped()
            self._version = await self._tickets.replace(self.id, ticket, self._version)
            self.ticket = ticket
        if ticket.ended:
            await self._tickets.forget(self.id)
        return ticket

    async def renew(self) -> None:
        """Hold it for another lease."""
        await self.commit()


class Tickets:
    """All tickets. The open ones are found through a few shelves of ids, so that any node can
    finish what another began."""

    def __init__(self, records: Records, node: str, clock: Callable[[], float]) -> None:
        self._records = records
        self._node = node
        self._clock = clock

    @staticmethod
    def id(owner: str, send_id: str) -> str:
        """The name of the ticket of one click; ``send_id`` was given to the page."""
        return hashlib.sha256(f"{owner}\0{send_id}".encode()).hexdigest()

    async def claim(self, id: str, ticket: Ticket) -> Held:
        """Begin; ``Conflict(ticket)`` when somebody did before."""
        await self._shelve(id)
        ticket = self.leased(ticket)
        try:
            version = await self._records.create(KIND, id, ticket.to_json(), OPEN_SECONDS)
        except Conflict as conflict:
            raise _about_ticket(conflict) from conflict
        return Held(self, id, ticket, version)

    async def load(self, id: str) -> Ticket | None:
        """The ticket, or ``None`` when there is none."""
        found = await self._records.read(KIND, id)
        return None if found is None else Ticket.from_json(found.value)

    async def take_over(self, id: str) -> Held | None:
        """Hold an open ticket whose lease is over; ``None`` when there is nothing to take."""
        found = await self._records.read(KIND, id)
        if found is None:
            await self.forget(id)
            return None
        ticket = Ticket.from_json(found.value)
        if ticket.ended:
            await self.forget(id)
            return None
        if ticket.lease > self._clock():
            return None
        held = Held(self, id, ticket, found.version)
        try:
            await held.commit(attempts=ticket.attempts + 1)
        except Conflict:
            return None
        return held

    async def open_ids(self) -> list[str]:
        """The ids of all tickets that may be open."""
        ids: list[str] = []
        for shelf in range(SHELVES):
            found = await self._records.read(INDEX, str(shelf))
            ids += _ids(found.value if found else None)
        return ids

    def leased(self, ticket: Ticket) -> Ticket:
        """The ticket, held by this node for a lease from now."""
        return replace(ticket, node=self._node, lease=self._clock() + LEASE_SECONDS)

    async def replace(self, id: str, ticket: Ticket, expect: Version) -> Version:
        """Write the next state of a held ticket."""
        ttl = ENDED_SECONDS if ticket.ended else OPEN_SECONDS
        try:
            return await self._records.replace(KIND, id, ticket.to_json(), expect, ttl)
        except Conflict as conflict:
            raise _about_ticket(conflict) from conflict

    async def forget(self, id: str) -> None:
        """Take an ended ticket off its shelf."""

        def without(value: JSON) -> JSON:
            return [other for other in _ids(value) if other != id]

        await self._records.change(INDEX, _shelf(id), without, OPEN_SECONDS)

    async def _shelve(self, id: str) -> None:
        def with_it(value: JSON) -> JSON:
            return [*(other for other in _ids(value) if other != id), id]

        await self._records.change(INDEX, _shelf(id), with_it, OPEN_SECONDS)


def _ids(value: JSON) -> list[str]:
    return [str(id) for id in value] if isinstance(value, list) else []


def _shelf(id: str) -> str:
    return str(int(id[:4], 16) % SHELVES)


def _about_ticket(conflict: Conflict) -> Conflict:
    current = conflict.current
    ticket = Ticket.from_json(current.value) if isinstance(current, Record) else None
    return Conflict(ticket, "This message is being sent already.")
