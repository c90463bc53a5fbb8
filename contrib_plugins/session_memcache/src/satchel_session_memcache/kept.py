"""A session as bytes of a register."""

import struct
from dataclasses import dataclass, field

from satchel_hookspecs import Version

_HEAD = struct.Struct(">d d B H ?")


@dataclass(slots=True)  # not frozen: making one would take four times as long
class Kept:
    """A session; its owner's list holds it until ``listed``, seconds since 1970."""

    data: bytes = field(repr=False)
    version: Version
    owner: str | None
    created: float
    listed: float = 0.0

    def listed_until(self, listed: float) -> "Kept":
        """The same session, with another time on its owner's list."""
        if listed == self.listed:
            return self
        return Kept(self.data, self.version, self.owner, self.created, listed)

    def to_bytes(self) -> bytes:
        """What ``from_bytes`` reads."""
        version, owner = self.version.encode(), (self.owner or "").encode("utf-8", "surrogatepass")
        sizes = len(version), len(owner), self.owner is None
        head = _HEAD.pack(self.created, self.listed, *sizes)
        return b"".join((head, version, owner, self.data))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Kept":
        """Read a session."""
        created, listed, version_size, owner_size, is_free = _HEAD.unpack_from(raw)
        middle = _HEAD.size + version_size
        end = middle + owner_size
        version = Version(raw[_HEAD.size : middle].decode())
        owner = None if is_free else raw[middle:end].decode("utf-8", "surrogatepass")
        return cls(raw[end:], version, owner, created, listed)
