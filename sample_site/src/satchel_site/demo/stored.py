"""A message in a demo mailbox, read from its file when IMAP asks for what is in it."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pymap.interfaces.message import CachedMessage
from pymap.message import BaseLoadedMessage, BaseMessage
from pymap.mime import MessageContent
from pymap.mime.cte import MessageDecoder
from pymap.parsing.response.fetch import BodyStructure, EnvelopeStructure
from pymap.parsing.specials import FetchRequirement, Flag

from satchel_site.demo.parts import Part, read_message
from satchel_site.demo.structure import Envelope, Structure

# Counted apart, so that one large message does not push a page of small ones out.
_LARGE = 256 * 1024
_MOST_SMALL = 300
_MOST_LARGE = 2


@dataclass(frozen=True, slots=True)
class Source:
    """Where a message's bytes are: the file moves when a flag changes, the key does not."""

    key: str
    path: Callable[[str], Path | None]


class StoredMessage(BaseMessage):
    """A message by its uid, with its flags."""

    __slots__ = ["recent", "source"]

    def __init__(
        self, uid: int, when: datetime, flags: frozenset[Flag], source: Source, recent: bool
    ) -> None:
        super().__init__(uid, when, flags)
        self.recent = recent
        self.source: Source | None = source

    @classmethod
    def expunged_copy(cls, message: CachedMessage) -> "StoredMessage":
        """Stand in for a message that another connection has deleted meanwhile."""
        gone = cls.__new__(cls)
        BaseMessage.__init__(
            gone, message.uid, message.internal_date, message.permanent_flags, expunged=True
        )
        gone.recent = False
        gone.source = None
        return gone

    async def load_content(self, requirement: FetchRequirement) -> "LoadedMessage":
        """Read the message; one whose file is gone has no content."""
        if self.source is None or requirement.has_none(FetchRequirement.CONTENT):
            return LoadedMessage(self, requirement, None)
        return LoadedMessage(self, requirement, await _remembered.read(self.source))


class LoadedMessage(BaseLoadedMessage):
    """A message with its content, which answers what pymap itself gets wrong."""

    def get_envelope_structure(self) -> EnvelopeStructure:
        return Envelope(self._content) if self._content is not None else EnvelopeStructure.empty()

    def get_body_structure(self) -> BodyStructure:
        return Structure(self._content) if self._content is not None else BodyStructure.empty()

    def _get_subpart(self, section: Sequence[int] | None) -> MessageContent:
        part = self.content
        for level, number in enumerate(section or ()):
            # A section number behind that of an attached message counts that message's parts.
            if level and part.is_rfc822 and part.body.nested:
                part = part.body.nested[0]
            if part.body.content_type.maintype == "multipart":
                part = part.body.nested[number - 1]
            elif number != 1:
                raise IndexError(number)
        return part

    def contains(self, value: bytes) -> bool:
        """Say whether the words are in a header or a text part, as a person would read them."""
        if self._content is None:
            return False
        wanted = value.decode("utf-8", "replace").casefold()
        return any(wanted in text.casefold() for text in map(_readable, self.content.walk()))


def _readable(part: MessageContent) -> str:
    headers = "\n".join(str(value) for name in part.header.parsed for value in _values(part, name))
    if part.body.content_type.maintype != "text":
        return headers
    try:
        body = bytes(MessageDecoder.of(part.header).decode(part.body))
    except (ValueError, NotImplementedError):
        body = bytes(part.body)
    charset = str(part.body.content_type.params.get("charset", "utf-8"))
    try:
        return headers + "\n" + body.decode(charset, "replace")
    except LookupError:
        return headers + "\n" + body.decode("utf-8", "replace")


def _values(part: MessageContent, name: bytes) -> Sequence[object]:
    try:
        return part.header.parsed[name]
    except Exception:  # noqa: BLE001  # the standard library's parser raises at some hostile headers
        return []


class _Remembered:
    # A page of a large attachment is a fetch of its own: without this, each would read it all.
    def __init__(self) -> None:
        self._small: OrderedDict[str, Part] = OrderedDict()
        self._large: OrderedDict[str, Part] = OrderedDict()

    async def read(self, source: Source) -> Part | None:
        for shelf in (self._small, self._large):
            if source.key in shelf:
                shelf.move_to_end(source.key)
                return shelf[source.key]
        part = await asyncio.to_thread(_read, source)
        if part is not None:
            large = len(part) > _LARGE
            shelf, most = (self._large, _MOST_LARGE) if large else (self._small, _MOST_SMALL)
            shelf[source.key] = part
            while len(shelf) > most:
                shelf.popitem(last=False)
        return part


_remembered = _Remembered()


def _read(source: Source) -> Part | None:
    for _ in range(3):
        path = source.path(source.key)
        if path is None:
            return None
        try:
            return read_message(path.read_bytes())
        except FileNotFoundError:
            continue  # a flag has changed between the two lines above
    return None
