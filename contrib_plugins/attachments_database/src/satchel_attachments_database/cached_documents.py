"""Group documents in memcached, each a value of a register on two hosts."""

import logging
import struct
from collections.abc import AsyncGenerator, Callable

from satchel_attachments_database.place import checked
from satchel_attachments_database.place_index import PlaceIndex
from satchel_hookspecs import Place
from satchel_hookspecs.group import Group
from satchel_memcache import Memcache, MemcachePieces, Swap, Value

log = logging.getLogger(__name__)
LINGER = 3600.0
LIFETIMES = 2
LARGEST = 16 * 1024 * 1024

_HEAD = struct.Struct(">d")


class CachedDocuments:
    """Keeps one document a compose, an hour longer than it counts, so that the sweep meets it."""

    def __init__(
        self, memcache: Memcache, pieces: MemcachePieces, clock: Callable[[], float]
    ) -> None:
        self._memcache = memcache
        self._register = memcache.large_register(LARGEST)
        self._index = PlaceIndex(memcache, clock)
        self._pieces = pieces
        self._clock = clock

    async def now(self) -> float:
        """The host's time: memcached has no clock that can be asked for a date."""
        return self._clock()

    async def load(self, place: Place) -> tuple[bytes | None, Value | None]:
        """The document and what names its state, both ``None`` when there is none."""
        found = await self._register.read(self._name(place))
        return (None, None) if found is None else (found.body[_HEAD.size :], found)

    async def expires(self, place: Place) -> float:
        """Until when the document counts; zero when there is none."""
        found = await self._register.read(self._name(place))
        return 0.0 if found is None else found.expires - LINGER

    async def store(self, place: Place, document: bytes | None, old: Value | None) -> bool:
        """Replace the document that was loaded, or delete it; false if it is another by now.

        What it refers to is kept for as long as it counts, before it says so.
        """
        if document is None:
            return old is None or await self._delete(place, old)
        group = Group.from_bytes(document)
        lost = await self._pieces.extend(place, sorted(group.pieces), group.expires)
        if lost:
            log.warning("Memcached dropped bytes of the attachments of a compose: %s.", lost)
        keep = group.expires + LINGER
        listed = await self._listed(place, old, keep)
        return await self._swap(place, old, Value(_HEAD.pack(listed) + document, keep))

    def places(self, owner: str | None) -> AsyncGenerator[Place, None]:
        """Every place of the owner, or of all, that has a document."""
        return self._index.places(owner)

    async def _delete(self, place: Place, old: Value) -> bool:
        deleted = await self._swap(place, old, None)
        if deleted:
            await self._index.drop(place)
        return deleted

    async def _swap(self, place: Place, old: Value | None, new: Value | None) -> bool:
        swap = Swap(old, new)
        await self._register.change(self._name(place), swap, old)
        return swap.done

    async def _listed(self, place: Place, old: Value | None, keep: float) -> float:
        """List the place until ``keep`` at least, and return until when that is done."""
        listed = 0.0 if old is None else float(_HEAD.unpack_from(old.body)[0])
        if listed >= keep:
            return listed
        # Longer than asked for, so that not every touch has to write the list.
        longer = keep + (LIFETIMES - 1) * (keep - self._clock())
        await self._index.add(place, longer)
        return longer

    def _name(self, place: Place) -> str:
        return self._memcache.key("group", f"{checked(place.owner)} {checked(place.group)}")
