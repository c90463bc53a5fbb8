"""Reading a message, and what is in it."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from aiohttp import web

from satchel.mail.account import Account
from satchel.mail.reading import ReceivedMessage
from satchel_site.addresses import read_id
from satchel_site.armour import ALL_PICTURES, FRAME_POLICY, OWN_PICTURES
from satchel_site.disposition import attachment_headers, picture_type
from satchel_site.folder_lines import folder_label
from satchel_site.host import account_of, credentials_of, signed_in
from satchel_site.letter import file_name, make_letter, show_html
from satchel_site.page import around, html, show, show_block
from satchel_site.pages.mailbox import load_list
from satchel_site.ranges import Span, parse_range
from satchel_site.refusal import not_found
from satchel_site.rendering import TEMPLATES
from satchel_site.wishes import may_load_images, read_wish

SEEN = r"\Seen"


@signed_in
async def show_message(request: web.Request) -> web.StreamResponse:
    """Show a message beside its list, and mark it as read."""
    account, message = account_of(request), await _open(request)
    if SEEN not in message.flags:
        await account.set_flags(message.folder, [message.uid], [SEEN], message.uidvalidity)
    me = credentials_of(request).username
    if request.headers.get("Satchel-Part") == "reader":
        label, role = await _place(account, message.folder)
        letter = await make_letter(message, label, role, me, await read_wish(request, message))
        title = message.subject or "(no subject)"
        return await show_block(request, "mailbox.html", "reader", title, {"message": letter})
    folders, listing = await load_list(request, message.folder)
    wish = await read_wish(request, message)
    letter = await make_letter(message, listing.label, listing.icon, me, wish)
    values = {"message": letter, "listing": listing, **around(folders, message.folder, "mail")}
    return await show(request, "mailbox.html", values)


@signed_in
async def show_frame(request: web.Request) -> web.StreamResponse:
    """The message's HTML, harmless, under a policy of its own."""
    message, images = await _open(request), await may_load_images(request)
    if message.html is None:
        raise not_found()
    content = (await show_html(message, images=images)).content
    response = html(request.app[TEMPLATES].page("frame.html", {"content": content}))
    policy = FRAME_POLICY.format(pictures=ALL_PICTURES if images else OWN_PICTURES)
    response.headers["Content-Security-Policy"] = policy
    return response


@signed_in
async def show_picture(request: web.Request) -> web.StreamResponse:
    """A picture that the message's own HTML shows; nothing else is ever shown in place."""
    message, section = await _open(request), request.match_info["section"]
    part = next((part for part in message.inline if part.section == section), None)
    if part is None:
        raise not_found()
    account, folder = account_of(request), message.folder
    chunks = account.part_stream(folder, message.uid, part, message.uidvalidity)
    async with aclosing(chunks):
        first = await anext(chunks, b"")
        kind = picture_type(first)
        if kind is None:
            raise not_found()
        response = web.StreamResponse(headers=attachment_headers(part.filename or "picture", kind))
        response.headers["Content-Disposition"] = "inline"
        await response.prepare(request)
        await response.write(first)
        async for chunk in chunks:
            await response.write(chunk)
    return response


@signed_in
async def download_file(request: web.Request) -> web.StreamResponse:
    """A file of the message, or the part of it that was asked for."""
    folder, (uidvalidity, uid) = _named(request)
    account = account_of(request)
    part = await account.part(folder, uid, request.match_info["section"], uidvalidity)

    def read() -> AsyncIterator[bytes]:
        return account.part_stream(folder, uid, part, uidvalidity)

    headers = dict(attachment_headers(file_name(part), part.content_type))
    headers["Accept-Ranges"] = "bytes"
    if "Range" not in request.headers:
        return await _stream(request, web.StreamResponse(headers=headers), read(), None)
    size = await _measure(read())
    span = parse_range(request.headers["Range"], size)
    response = web.StreamResponse(status=206 if span else 200, headers=headers)
    if span:
        response.headers["Content-Range"] = span.content_range(size)
    response.content_length = span.length if span else size
    return await _stream(request, response, read(), span)


@signed_in
async def download_source(request: web.Request) -> web.StreamResponse:
    """The message as the mail server keeps it."""
    folder, (uidvalidity, uid) = _named(request)
    message = await account_of(request).open(folder, uid, uidvalidity)
    name = f"{(message.subject or 'message')[:60].replace('/', ' ')}.eml"
    headers = attachment_headers(name, "application/octet-stream")
    source = account_of(request).raw_stream(folder, uid, uidvalidity)
    return await _stream(request, web.StreamResponse(headers=headers), source, None)


def _named(request: web.Request) -> tuple[str, tuple[int, int]]:
    return request.match_info["folder"], read_id(request.match_info["id"])


async def _open(request: web.Request) -> ReceivedMessage:
    folder, (uidvalidity, uid) = _named(request)
    account: Account = account_of(request)
    return await account.open(folder, uid, uidvalidity)


async def _place(account: Account, name: str) -> tuple[str, str | None]:
    """The folder's label and role."""
    folder = next((f for f in await account.folders() if f.name == name), None)
    return (folder_label(folder), folder.role) if folder else (name, None)


async def _measure(chunks: AsyncIterator[bytes]) -> int:
    """Count the bytes; IMAP knows only how long a part is before it is decoded."""
    return sum([len(chunk) async for chunk in chunks])


async def _stream(
    request: web.Request,
    response: web.StreamResponse,
    chunks: AsyncIterator[bytes],
    span: Span | None,
) -> web.StreamResponse:
    """Send the chunks, or the span of them; the first one is read before the answer begins."""
    first = await anext(chunks, b"")
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    at = 0
    async for chunk in _after(first, chunks):
        start, stop = (span.start, span.stop) if span else (0, at + len(chunk))
        wanted = chunk[max(0, start - at) : max(0, stop - at)]
        at += len(chunk)
        if wanted:
            await response.write(wanted)
        if span and at >= span.stop:
            break
    return response


async def _after(first: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in chunks:
        yield chunk
