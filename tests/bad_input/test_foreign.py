"""Requests from other sites: refused on every address that changes something."""

import re

import pytest
from aiohttp import web

from satchel_site.routes import ROUTES
from tests.bad_input.answer import Answer
from tests.bad_input.multipart import field, multipart
from tests.bad_input.visitor import FORM, Visitor, urlencoded

CHANGING = [route for route in ROUTES if route.method not in {"GET", "HEAD"}]
FILLED = {"folder": "INBOX", "group": "0" * 32, "id": "1" * 32}
FILLED |= {"contact": "0" * 16, "identity": "0" * 16}
ORIGINS = {
    "null": {"Origin": "null"},
    "another site": {"Origin": "https://evil.example"},
    "a sibling": {"Origin": "http://evil.127.0.0.1"},
    "another port": {"Origin": "http://127.0.0.1:1"},
    "two": {"Origin": "http://127.0.0.1 https://evil.example"},
    "no address": {"Origin": "http://["},
    "nothing": {"Origin": ""},
    "markup": {"Origin": "<script>"},
    "said by the browser": {"Sec-Fetch-Site": "cross-site"},
    "said to be a sibling": {"Sec-Fetch-Site": "same-site"},
    "in other letters": {"Sec-Fetch-Site": "Same-Origin"},
    "both ways": {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    "against the browser": {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
}


def named(route: web.RouteDef) -> str:
    """Return what a failing test calls a route."""
    return f"{route.method} {re.sub(':[^/]+', '', route.path)}"


def address_of(route: web.RouteDef, draft: str) -> str:
    """Return an address that leads to a route, of a draft that is there."""
    values = FILLED | {"group": draft.rpartition("/")[2]}
    return re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", lambda m: values[m[1]], route.path)


def try_route(
    visitor: Visitor, route: web.RouteDef, draft: str, token: str | None, **headers: str
) -> Answer:
    """Ask a route to change something, with a token or without."""
    path = address_of(route, draft)
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    if route.method == "POST":
        fields = [("do", "discard")] if token is None else [("csrf", token), ("do", "discard")]
        return visitor.ask("POST", path, FORM | more, urlencoded(*fields))
    scripted = {"Content-Type": "application/octet-stream", "Accept": "application/json"}
    tokens = {} if token is None else {"X-CSRF-Token": token}
    return visitor.ask(route.method, path, scripted | tokens | more, b"x")


@pytest.mark.parametrize("route", CHANGING, ids=named)
def test_nothing_changes_without_the_sessions_own_token(
    ana: Visitor, ben: Visitor, stranger: Visitor, draft: str, route: web.RouteDef
):
    visitors = stranger.get("/sign-in").token
    for token in (
        None,
        "",
        "x",
        ana.token[:-1],
        ana.token + "x",
        ben.token,
        visitors,
        "é",
        "x" * 7000,
    ):
        assert try_route(ana, route, draft, token).status == 403, token
    assert ana.get(draft).status == 200
    assert ana.is_signed_in()


@pytest.mark.parametrize("route", CHANGING, ids=named)
def test_nothing_changes_for_another_site(ana: Visitor, draft: str, route: web.RouteDef):
    for way, headers in ORIGINS.items():
        answer = try_route(ana, route, draft, ana.token, **headers)

        assert answer.status == 403, way
    assert ana.get(draft).status == 200
    assert ana.is_signed_in()


@pytest.mark.parametrize("route", CHANGING, ids=named)
def test_nothing_changes_for_a_method_in_disguise(ana: Visitor, draft: str, route: web.RouteDef):
    path = address_of(route, draft)
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        for way in ("GET", "HEAD"):
            answer = ana.ask(way, f"{path}?_method={route.method}&do=discard", {name: route.method})

            assert answer.status in {200, 303, 404, 405}
    assert ana.get(draft).status == 200
    assert ana.is_signed_in()


def test_a_form_with_files_needs_its_token_first(ana: Visitor, draft: str):
    for parts in (
        [field("do", "discard")],
        [field("csrf", "x"), field("do", "discard")],
        [field("do", "discard"), field("csrf", ana.token)],
    ):
        assert ana.send(draft, multipart(*parts)).status == 403
    assert ana.get(draft).status == 200


def test_nobody_is_signed_in_by_another_site(stranger: Visitor):
    token = stranger.get("/sign-in").token
    form = urlencoded(("csrf", token), ("address", "ben@example.test"), ("password", "x"))
    other = Visitor(stranger.port)

    assert other.ask("POST", "/sign-in", FORM, form).status == 403
    foreign = FORM | {"Origin": "https://evil.example"}
    assert stranger.ask("POST", "/sign-in", foreign, form).status == 403


@pytest.mark.parametrize(
    "method", ["TRACE", "CONNECT", "PROPFIND", "OPTIONS", "PUT", "PATCH", "get", "X" * 50]
)
def test_other_methods_are_refused(ana: Visitor, method: str):
    answer = ana.ask(method, "/settings", {"Access-Control-Request-Method": "POST"})

    assert answer.status in {400, 403, 404, 405}
    assert answer.status != 405 or answer.headers["Allow"]
