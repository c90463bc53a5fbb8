"""Requests that change something have to come from our own pages."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from satchel_site.forms import MULTIPART, URLENCODED, Form, Parts, read_form
from satchel_site.host import session_of
from satchel_site.refusal import Refusal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM: web.RequestKey[Form] = web.RequestKey("form", Form)
PARTS: web.RequestKey[Parts] = web.RequestKey("parts", Parts)
FOREIGN = "This request did not come from a page of this site. Reload the page and try again."


@web.middleware
async def refuse_foreign_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request that changes something pass only with our origin and the session's token.

    What it had to read of the body for that, it leaves for the handler: ``FORM`` for a plain form
    and ``PARTS``, after the token, for one with files.
    """
    if request.method not in SAFE_METHODS:
        if request.match_info.http_exception is not None:
            raise request.match_info.http_exception
        _check_origin(request)
        if request.headers.get("Content-Encoding", "identity") != "identity":
            raise Refusal(415, "Compressed requests are not accepted.")
        _check_token(request, await _sent_token(request))
    return await handler(request)


def _check_origin(request: web.Request) -> None:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        raise Refusal(403, FOREIGN)
    for origin in request.headers.getall("Origin", ()):
        # Under our referrer policy a browser calls the origin of our own forms "null".
        is_own_form = origin == "null" and site == "same-origin"
        if not is_own_form and urlsplit(origin).netloc != request.host:
            raise Refusal(403, FOREIGN)


async def _sent_token(request: web.Request) -> str:
    """Find the token: in a header, or in the form, where it comes first."""
    header = request.headers.get("X-CSRF-Token")
    kind = request.content_type
    if request.method != "POST":
        return header or ""
    if kind == URLENCODED:
        request[FORM] = await read_form(request)
        return header or request[FORM].one("csrf")
    if kind == MULTIPART:
        request[PARTS] = Parts(request)
        return await _first_field(request[PARTS])
    raise Refusal(415, "Only forms are accepted here.")


async def _first_field(parts: Parts) -> str:
    async for name, value in parts:
        return value if name == "csrf" and isinstance(value, str) else ""
    return ""


def _check_token(request: web.Request, sent: str) -> None:
    if not session_of(request).check_csrf(sent):
        raise Refusal(403, FOREIGN)
