"""Requests that change something have to come from our own pages."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from satchel_site.body import check_length
from satchel_site.forms import FORM_LIMIT, MULTIPART, URLENCODED, Form, Parts, read_form
from satchel_site.host import SIGN_IN_AGAIN, session_of, settings_of
from satchel_site.refusal import Refusal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM: web.RequestKey[Form] = web.RequestKey("form", Form)
PARTS: web.RequestKey[Parts] = web.RequestKey("parts", Parts)
ONLY_FORMS = "Only forms are accepted here."
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


def form_of(request: web.Request) -> Form:
    """The fields of a plain form; one with files is refused where no files belong."""
    if FORM not in request:
        raise Refusal(415, ONLY_FORMS)
    return request[FORM]


def _check_origin(request: web.Request) -> None:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        raise Refusal(403, FOREIGN)
    for origin in request.headers.getall("Origin", ()):
        # Under our referrer policy a browser calls the origin of our own forms "null".
        is_own_form = origin == "null" and site == "same-origin"
        if not is_own_form and _site_of(origin) != request.host:
            raise Refusal(403, FOREIGN)


def _site_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


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
        check_length(request, settings_of(request).max_message_size + FORM_LIMIT)
        request[PARTS] = Parts(request)
        return await _first_field(request[PARTS])
    raise Refusal(415, ONLY_FORMS)


async def _first_field(parts: Parts) -> str:
    async for name, value in parts:
        return value if name == "csrf" and isinstance(value, str) else ""
    return ""


def _check_token(request: web.Request, sent: str) -> None:
    session = session_of(request)
    if session.check_csrf(sent):
        return
    if session.is_signed_in or request.path == "/sign-in":
        raise Refusal(403, FOREIGN)
    raise Refusal(401, SIGN_IN_AGAIN)
