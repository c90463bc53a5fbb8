"""Devices: where an owner is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from satchel.sessions.records import Records
from satchel.sessions.seal import SealBroken
from satchel.sessions.values import JSON
from satchel_hookspecs import SessionInfo

KIND = "devices"
LONGEST_LABEL = 120


@dataclass(frozen=True, slots=True)
class Device:
    """One place where an owner is signed in; ``created`` is in seconds since 1970, UTC."""

    id: str
    label: str
    created: float
    ttl: float
    is_this: bool


@dataclass(frozen=True, slots=True)
class DeviceList:
    """An owner's devices, oldest first; ``is_known`` is false where the store cannot list them."""

    devices: tuple[Device, ...] = ()
    is_known: bool = True


class Devices:
    """The devices of all owners, over a store that has the capability ``by_owner`` or not.

    An owner may have ``most`` sessions; the oldest ends for one more.
    """

    # Any: the relay, or whatever has the session hooks as async methods.
    def __init__(
        self, hooks: Any, records: Records, ttl: int, *, by_owner: bool, most: int
    ) -> None:
        self._hooks = hooks
        self._records = records
        self._ttl = ttl
        self._by_owner = by_owner
        self._most = most

    async def of(self, owner: str, this: str) -> DeviceList:
        """Return the owner's devices; ``this`` is the key of the one that asks."""
        if not self._by_owner:
            return DeviceList(is_known=False)
        labels = await self._labels(owner)
        return DeviceList(
            tuple(
                Device(
                    info.key,
                    str(labels.get(info.key, "")),
                    info.created,
                    info.ttl,
                    info.key == this,
                )
                for info in await self._infos(owner)
            )
        )

    async def add(self, owner: str, key: str, label: str) -> None:
        """Remember the label of a session that is about to begin, and make room for it."""
        if not self._by_owner:
            return
        infos = await self._infos(owner)
        for info in infos[: max(0, len(infos) + 1 - self._most)]:
            await self._end(owner, info.key)
        live = {info.key for info in infos}

        def relabel(value: JSON) -> JSON:
            labels = value if isinstance(value, dict) else {}
            kept = {key: label for key, label in labels.items() if key in live}
            return {**kept, key: shortened(label)}

        await self._records.change(KIND, owner, relabel, self._ttl)

    async def end(self, owner: str, key: str) -> bool:
        """End one session of this owner; false when the owner has none such."""
        if not self._by_owner or key not in {info.key for info in await self._infos(owner)}:
            return False
        return await self._end(owner, key)

    async def end_others(self, owner: str, this: str) -> None:
        """End all sessions of this owner but one, where they can be listed."""
        for info in await self._infos(owner) if self._by_owner else ():
            if info.key != this:
                await self._end(owner, info.key)

    async def _infos(self, owner: str) -> Sequence[SessionInfo]:
        infos: Sequence[SessionInfo] = await self._hooks.session_list(owner=owner)
        return infos

    async def _labels(self, owner: str) -> dict[str, JSON]:
        try:
            record = await self._records.read(KIND, owner)
        except SealBroken:
            return {}
        return record.value if record and isinstance(record.value, dict) else {}

    async def _end(self, owner: str, key: str) -> bool:
        ended: bool = await self._hooks.session_destroy(key=key)
        if ended:
            await self._hooks.session_destroyed(key=key, owner=owner, reason="revoked")
        return ended


def shortened(label: str) -> str:
    """Return what a browser says of itself as one short line of harmless letters."""
    return "".join(c for c in label if c.isascii() and c.isprintable())[:LONGEST_LABEL].strip()
