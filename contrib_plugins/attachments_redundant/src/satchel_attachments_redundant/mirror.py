"""The mirror: values that lie in the database and on two memcached hosts, all at any time."""

from satchel_attachments_database import Documents
from satchel_attachments_redundant.database_cell import DatabaseCell
from satchel_attachments_redundant.gate import Gate
from satchel_attachments_redundant.ledger import Ledger
from satchel_attachments_redundant.mirror_cell import MirrorCell
from satchel_hookspecs import ChecksumMismatch, Place, PluginContext, Unavailable
from satchel_memcache import (
    Cell,
    Foreign,
    Forged,
    Memcache,
    Register,
    Seal,
    Step,
    Value,
)


class Mirror:
    """A register of three cells a place; any that answers makes the value known.

    An absence is known when the database says so, or when both hosts have forgotten nothing.
    ``behind`` are places that the database was found to lack the newest of.
    """

    def __init__(
        self, documents: Documents, memcache: Memcache, gate: Gate, ctx: PluginContext
    ) -> None:
        self.counters = memcache.tally()
        self.behind: set[Place] = set()
        self._documents = documents
        self._memcache = memcache
        self._gate = gate
        self._clock = ctx.clock
        self._seal = Seal(ctx.keys)

    async def read(self, place: Place) -> Value | None:
        """The value, ``None`` when there is none; whoever was behind has it from then on."""
        row = DatabaseCell(self._documents, place, self._gate)
        value = await self._register(row).read(_key(place))
        if row.written:
            self.behind.add(place)
        return value

    async def change(self, place: Place, step: Step) -> tuple[Value | None, bool]:
        """Replace the value by what ``step`` makes of it; return it, and if the database has it."""
        row = DatabaseCell(self._documents, place, self._gate)
        after = await self._register(row).change(_key(place), step)
        return after, row.reached

    async def bring_in(self, place: Place, ledger: Ledger) -> None:
        """Merge a ledger in, in the database too, whatever its gate says; or ``Unavailable``."""

        def step(value: Value | None) -> Value | None:
            merged = ledger if value is None else Ledger.from_bytes(value.body).merge(ledger)
            body = merged.to_bytes()
            if value is not None and value.body == body:
                return value
            return Value(body, merged.group.expires)

        row = DatabaseCell(self._documents, place, Gate())
        await self._register(row).change(_key(place), step)
        if not row.reached:
            raise Unavailable("The database is not back yet.")

    def body_of(self, raw: bytes, place: Place) -> bytes:
        """What a row of this place says, even when its time is over."""
        try:
            return self._seal.open(raw, _key(place)).body
        except (Forged, Foreign, ValueError) as error:
            raise ChecksumMismatch(f"The row of {place} is not one of this store.") from error

    def _register(self, row: DatabaseCell) -> Register:
        def cells_of(key: str) -> list[Cell]:
            name = self._memcache.key("attachments", key)
            hosts = self._memcache.cells_of(name)
            return [row, *(MirrorCell(cell, name, hosts) for cell in hosts)]

        return Register(cells_of, self._seal, self._clock, self.counters)


def _key(place: Place) -> str:
    return f"{place.owner}/{place.group}"
