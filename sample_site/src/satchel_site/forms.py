"""Forms as they come from a browser: every way of getting them wrong is a clear answer."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http import HttpProcessingError as BadHttpMessage

from satchel_site.body import in_time, read_all
from satchel_site.refusal import Refusal

FORM_LIMIT = 6_000_000
MAX_FIELDS = 1000
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
BROKEN = (ValueError, AssertionError, RuntimeError, RuntimeWarning, EOFError, BadHttpMessage)
DAMAGED = "The form arrived damaged. Go back, reload the page and try again."


@dataclass(frozen=True, slots=True)
class Form:
    """The text fields of a form, in the order of the page."""

    fields: tuple[tuple[str, str], ...]

    def one(self, name: str) -> str:
        """The value of a field, empty if it is not there; two of one name are refused."""
        found = self.many(name)
        if len(found) > 1:
            raise Refusal(400, DAMAGED)
        return found[0] if found else ""

    def many(self, name: str) -> tuple[str, ...]:
        """All values of a field."""
        return tuple(value for key, value in self.fields if key == name)

    def named(self, prefix: str) -> Mapping[str, str]:
        """The fields whose names begin with ``prefix``, by the rest of their names."""
        return {k.removeprefix(prefix): v for k, v in self.fields if k.startswith(prefix)}


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file inside a form; its chunks have to be read before the next part is asked for."""

    filename: str
    content_type: str
    chunks: AsyncIterator[bytes]


async def read_form(request: web.Request) -> Form:
    """Read a form without files."""
    data = await read_all(request, FORM_LIMIT)
    try:
        fields = parse_qsl(
            data.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS
        )
    except ValueError as error:
        raise Refusal(400, DAMAGED) from error
    return Form(tuple((name, _without_nul(value)) for name, value in fields))


class Parts:
    """A form with files, part by part."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._left = FORM_LIMIT
        self._count = 0
        try:
            self._reader = MultipartReader(request.headers, request.content)
        except BROKEN as error:
            raise Refusal(400, DAMAGED) from error

    async def __aiter__(self) -> AsyncIterator[tuple[str, str | UploadedFile]]:
        """Yield each part's name with its text, or with its file."""
        while (part := await self._next()) is not None:
            name, filename = _names(part)
            if filename is None:
                yield name, await self._text(part)
            elif filename:
                kind = part.headers.get("Content-Type", "application/octet-stream")
                yield name, UploadedFile(filename, kind, self._chunks(part))
            else:
                await self._text(part)  # the browser's way to say that no file was chosen

    async def _next(self) -> BodyPartReader | None:
        self._count += 1
        if self._count > MAX_FIELDS:
            raise Refusal(400, "This form has too many fields.")
        try:
            part = await in_time(self._request, self._reader.next())
        except BROKEN as error:
            raise Refusal(400, DAMAGED) from error
        if part is None or isinstance(part, BodyPartReader):
            return part
        raise Refusal(400, DAMAGED)

    async def _text(self, part: BodyPartReader) -> str:
        found = bytearray()
        async for chunk in self._chunks(part):
            found += chunk
            self._left -= len(chunk)
            if self._left < 0:
                raise Refusal(413, f"This form may have at most {FORM_LIMIT:,} bytes of text.")
        return _without_nul(found.decode("utf-8", "replace"))

    async def _chunks(self, part: BodyPartReader) -> AsyncIterator[bytes]:
        try:
            while chunk := await in_time(self._request, part.read_chunk(65536)):
                yield bytes(chunk)
            if not part.at_eof():
                raise Refusal(400, DAMAGED)
        except BROKEN as error:
            raise Refusal(400, DAMAGED) from error


def _names(part: BodyPartReader) -> tuple[str, str | None]:
    """Read the name of the field and of its file; a part that leaves it in doubt is refused."""
    try:
        name, filename = part.name, part.filename
    except BROKEN as error:
        raise Refusal(400, DAMAGED) from error
    if not name or "\0" in name or "\0" in (filename or ""):
        raise Refusal(400, DAMAGED)
    return name, filename


def _without_nul(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n")
