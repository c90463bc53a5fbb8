"""What is true of every route."""

import re

import pytest
from aiohttp import web
from sample_site.tests.visitor import Visitor

from satchel_site.routes import ROUTES

GROUP, FILE = "0" * 32, "1" * 32
FILLED = {"folder": "INBOX", "id": "1-1", "section": "2", "group": GROUP, "build": "x", "name": "y"}
FILLED |= {"contact": "0" * 16, "identity": "0" * 16}


def address_of(route: web.RouteDef) -> str:
    """An address that the route matches."""
    values = FILLED | ({"id": FILE} if "/files/{id" in route.path else {})
    return re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", lambda m: values[m[1]], route.path)


CHANGING = [route for route in ROUTES if route.method not in {"GET", "HEAD"}]
READING = [route for route in ROUTES if route.method == "GET"]


async def change_by(
    visitor: Visitor, route: web.RouteDef, token: str, headers: dict[str, str]
) -> int:
    """Try to change something; return the status of the answer."""
    answer = await visitor.client.request(
        route.method,
        address_of(route),
        data={"csrf": token} if route.method == "POST" else b"x",
        headers={"X-CSRF-Token": token.encode().decode("latin-1"), **headers},
        allow_redirects=False,
    )
    return answer.status


@pytest.mark.parametrize("token", ["", "x" * 43, "é"])
async def test_nothing_changes_without_the_token(ada: Visitor, token: str) -> None:
    said = {f"{one.method} {one.path}": await change_by(ada, one, token, {}) for one in CHANGING}

    assert said == dict.fromkeys(said, 403)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"},
        {"Origin": "https://t.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://t.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    ],
)
async def test_nothing_changes_for_another_site(ada: Visitor, headers: dict[str, str]) -> None:
    token = ada.token
    said = {
        f"{one.method} {one.path}": await change_by(ada, one, token, headers) for one in CHANGING
    }

    assert said == dict.fromkeys(said, 403)


async def test_every_answer_is_armoured(ada: Visitor) -> None:
    for route in READING:
        answer = await ada.client.get(address_of(route), allow_redirects=False)
        headers = answer.headers

        assert answer.status < 500, route
        assert "nosniff" == headers["X-Content-Type-Options"], route
        assert "no-referrer" == headers["Referrer-Policy"], route
        assert "default-src 'none'" in headers["Content-Security-Policy"], route
        script_sources = headers["Content-Security-Policy"].split("style-src")[0]
        assert "'unsafe-inline'" not in script_sources, route
        assert "Server" not in headers, route


async def test_only_what_needs_no_session_is_shown_to_strangers(visitor: Visitor) -> None:
    for route in READING:
        answer = await visitor.client.get(address_of(route), allow_redirects=False)
        is_open = route.path.startswith(("/healthz", "/s/", "/robots", "/sign-in"))

        assert is_open or answer.headers["Location"].startswith("/sign-in"), route


@pytest.mark.parametrize("path", ["/healthz/live", "/healthz/ready", "/robots.txt"])
async def test_machines_get_no_session(visitor: Visitor, path: str) -> None:
    answer = await visitor.get(path)

    assert 200 == answer.status
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/s/x/../../app.py", "/s/x/tokens.css", "/s/", "/s", "/static/"])
async def test_there_is_no_way_to_other_files(visitor: Visitor, path: str) -> None:
    answer = await visitor.get(path)

    assert 404 == answer.status


async def test_a_static_file_may_be_kept_for_ever(visitor: Visitor) -> None:
    text = await (await visitor.get("/sign-in")).text()
    url = re.search(r'href="(/s/[^"]+/tokens\.css)"', text)
    assert url

    answer = await visitor.get(url[1])

    assert "text/css" == answer.content_type
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "OPTIONS", "PUT", "DELETE"])
async def test_other_methods_are_refused_in_words(ada: Visitor, method: str) -> None:
    answer = await ada.client.request(method, "/settings")

    assert 405 == answer.status
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_method_in_disguise_is_ignored(ada: Visitor) -> None:
    answer = await ada.client.get(
        "/settings?_method=POST", headers={"X-HTTP-Method-Override": "DELETE"}
    )

    assert 200 == answer.status


async def test_an_unknown_page_says_so_with_a_reference(ada: Visitor) -> None:
    answer = await ada.get("/nowhere/<script>")
    text = await answer.text()

    assert 404 == answer.status
    assert re.search(r"Reference <code>[0-9a-f]{8}</code>", text)
    assert "<script>" not in text.replace('<script type="module"', "")
