"""The draft: what a person has written so far, but not its attachments."""

from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Link:
    """A message in a folder; good as long as the folder keeps its ``uidvalidity`` (RFC 3501)."""

    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The fields of a compose page, as they were typed.

    ``answers`` is the message that is replied to, ``forwards`` the one that is passed on,
    ``copy`` the draft's own copy in the mailbox.
    """

    sender: str
    to: str = ""
    cc: str = ""
    bcc: str = ""
    reply_to: str = ""
    subject: str = ""
    text: str = ""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    answers: Link | None = None
    forwards: Link | None = None
    copy: Link | None = None

    def to_json(self) -> dict[str, Any]:  # Any: JSON
        """The draft as JSON can carry it."""
        return asdict(self) | {"references": list(self.references)}

    @classmethod
    def from_json(cls, value: Any) -> Self:  # Any: JSON
        """The draft that ``to_json`` wrote."""
        links = {name: _link(value[name]) for name in ("answers", "forwards", "copy")}
        return cls(**value | links | {"references": tuple(value["references"])})


def _link(value: Any) -> Link | None:  # Any: JSON
    return None if value is None else Link(**value)
