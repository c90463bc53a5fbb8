"""Sessions over HTTP: cookies, outages, streams and positions."""

from contextlib import asynccontextmanager

import pytest
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from satchel.sessions import Proxies, SessionMiddleware, session_of
from satchel.sessions.tokens import key_of
from satchel_hookspecs import Unavailable, current_position

ROUTES = web.RouteTableDef()
HTTPS = {"X-Forwarded-Proto": "https"}
MIDDLEWARE = web.AppKey("middleware", SessionMiddleware)


@ROUTES.get("/")
async def show(request):
    session = session_of(request)
    return web.json_response({"owner": session.owner, "values": dict(session)})


@ROUTES.get("/form")
async def form(request):
    return web.Response(text=session_of(request).csrf_token)


@ROUTES.post("/check")
async def check(request):
    return web.json_response(session_of(request).check_csrf(await request.text()))


@ROUTES.post("/in")
async def sign_in(request):
    await session_of(request).sign_in("anna")
    raise web.HTTPSeeOther("/")


@ROUTES.post("/out")
async def sign_out(request):
    await session_of(request).sign_out()
    return web.Response()


@ROUTES.post("/set")
async def set_value(request):
    session_of(request)["x"] = await request.text()
    return web.Response()


@ROUTES.post("/fail")
async def fail(request):
    session_of(request)["x"] = "lost"
    raise RuntimeError("A mistake of the handler.")


@ROUTES.post("/refuse")
async def refuse(request):
    session_of(request)["x"] = "kept"
    raise web.HTTPForbidden


@ROUTES.post("/stream")
async def stream(request):
    session = session_of(request)
    session["x"] = "streamed"
    await session.save()
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"first")
    session["late"] = True
    return response


@ROUTES.post("/forgetful")
async def forget_to_save(request):
    session_of(request)["x"] = "unsaved"
    response = web.StreamResponse()
    await response.prepare(request)
    return response


@ROUTES.post("/break")
async def break_stream(request):
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"first")
    raise Unavailable("In the middle.")


@ROUTES.get("/static/a.css")
async def static(request):
    with pytest.raises(LookupError, match=r"a\.css"):
        session_of(request)
    return web.Response()


@ROUTES.post("/write/{source}/{number}")
async def write(request):
    current_position().advance(request.match_info["source"], int(request.match_info["number"]))
    return web.Response()


@ROUTES.get("/position")
async def show_position(request):
    return web.json_response(current_position().as_mapping())


@ROUTES.get("/client")
async def show_client(request):
    return web.Response(text=request.app[MIDDLEWARE].client(request))


@asynccontextmanager
async def site(house, **options):
    options.setdefault("proxies", Proxies(["127.0.0.1"]))
    options.setdefault("skip", lambda request: request.path.startswith("/static/"))
    app = web.Application()
    middleware = SessionMiddleware(house.node(), house.keyring, **options)
    middleware.install(app)
    app.add_routes(ROUTES)
    app[MIDDLEWARE] = middleware
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        yield client


def cookie(value, name="satchel"):
    return {"Cookie": f"{name}={value}"}


async def sign_in_at(client):
    response = await client.post("/in", allow_redirects=False)
    assert response.status == 303
    return response.cookies["satchel"].value


async def owner(client, value):
    return (await (await client.get("/", headers=cookie(value))).json())["owner"]


async def test_over_http_the_cookie_is_http_only_and_lax(house):
    async with site(house) as client:
        response = await client.post("/in", allow_redirects=False)

    said = response.headers.getall("Set-Cookie")
    token = response.cookies["satchel"].value
    assert [f"satchel={token}; Path=/; HttpOnly; SameSite=Lax"] == said
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("options", [{"https": True}, {}])
async def test_over_https_the_cookie_is_secure_and_of_this_host_alone(house, options):
    async with site(house, **options) as client:
        response = await client.post("/in", allow_redirects=False, headers=HTTPS)
        token = response.cookies["__Host-satchel"].value
        found = await client.get("/", headers=HTTPS | cookie(token, "__Host-satchel"))
        plain = await client.get("/", headers=HTTPS | cookie(token))

        said = f"__Host-satchel={token}; Path=/; HttpOnly; SameSite=Lax; Secure"
        assert [said] == response.headers.getall("Set-Cookie")
        assert (await found.json())["owner"] == "anna"
        assert (await plain.json())["owner"] is None


async def test_a_stranger_who_claims_https_is_not_believed(house):
    async with site(house, proxies=Proxies(["10.0.0.1"])) as client:
        response = await client.post("/in", allow_redirects=False, headers=HTTPS)

    assert "satchel" in response.cookies


async def test_the_id_changes_at_sign_in_and_dies_at_sign_out_on_every_node(house):
    async with site(house) as client, site(house) as other:
        before = (await client.post("/set", data="1")).cookies["satchel"].value
        response = await client.post("/in", headers=cookie(before), allow_redirects=False)
        token = response.cookies["satchel"].value
        assert await owner(other, token) == "anna"
        assert await owner(other, before) is None

        out = await other.post("/out", headers=cookie(token))
        assert (out.cookies["satchel"].value, out.cookies["satchel"]["max-age"]) == ("", "0")
        assert await owner(client, token) is None


async def test_two_cookies_of_one_name_are_a_visitor(house):
    async with site(house) as client:
        token = await sign_in_at(client)
        for line in (f"satchel={token}; satchel={token}", f"satchel=x;satchel={token}"):
            response = await client.get("/", headers={"Cookie": line})
            assert (await response.json())["owner"] is None
        similar = {"Cookie": f"xsatchel=1; satchel={token}; satchel2=2"}
        assert (await (await client.get("/", headers=similar)).json())["owner"] == "anna"


@pytest.mark.parametrize(
    "value",
    ["", "x", "A" * 7000, "\u00ff", "a%0d%0a", "../../x", "a b*", '"', "=", "A" * 43, "v.AAAA"],
)
async def test_a_bad_cookie_is_a_visitor_and_no_error(house, value):
    async with site(house) as client:
        response = await client.get("/", headers=cookie(value))

        assert await response.json() == {"owner": None, "values": {}}
        assert "Set-Cookie" not in response.headers


async def test_a_token_in_the_address_is_ignored(house):
    async with site(house) as client:
        token = await sign_in_at(client)
        response = await client.get("/", params={"satchel": token})

        assert (await response.json())["owner"] is None


async def test_a_tampered_cookie_is_a_visitor(house):
    async with site(house) as client:
        token = await sign_in_at(client)
        tampered = ("B" if token[0] == "A" else "A") + token[1:]

        assert await owner(client, tampered) is None
        assert await owner(client, token) == "anna"


async def test_a_path_without_session_reads_and_writes_nothing(house):
    async with site(house) as client:
        token = await sign_in_at(client)
        house.hooks.calls.clear()
        house.hooks.down = {"session_read"}
        response = await client.get("/static/a.css", headers=cookie(token))

        assert response.status == 200
        assert house.hooks.calls == {}


async def test_a_store_that_is_down_is_503_with_retry_after_and_the_cookie_stays(house):
    async with site(house) as client:
        token = await sign_in_at(client)
        house.hooks.down = {"session_read"}
        response = await client.get("/", headers=cookie(token), allow_redirects=False)
        text = await response.text()
        house.hooks.down = set()

        assert (response.status, response.headers["Retry-After"]) == (503, "5")
        assert "Set-Cookie" not in response.headers
        assert "does not answer" not in text
        assert await owner(client, token) == "anna"


@pytest.mark.parametrize("path", ["/set", "/in", "/stream"])
async def test_a_store_that_does_not_take_the_change_is_503_without_a_cookie(house, path):
    async with site(house) as client:
        house.hooks.down = {"session_write"}
        response = await client.post(path, allow_redirects=False)

        assert (response.status, response.headers["Retry-After"]) == (503, "5")
        assert "Set-Cookie" not in response.headers


async def test_a_sign_out_that_did_not_happen_is_503_and_the_cookie_stays(house):
    async with site(house) as client:
        token = await sign_in_at(client)
        house.hooks.down = {"session_destroy"}
        response = await client.post("/out", headers=cookie(token))

        assert response.status == 503
        assert "Set-Cookie" not in response.headers


async def test_a_request_that_fails_saves_nothing(house):
    async with site(house) as client:
        token = await sign_in_at(client)
        response = await client.post("/fail", headers=cookie(token))
        visitors = await client.post("/fail")
        shown = await (await client.get("/", headers=cookie(token))).json()

        assert [response.status, visitors.status] == [500, 500]
        assert "Set-Cookie" not in visitors.headers
        assert shown == {"owner": "anna", "values": {}}


async def test_an_answer_that_is_raised_saves_as_one_that_is_returned(house):
    async with site(house) as client:
        response = await client.post("/refuse")
        value = response.cookies["satchel"].value

        assert response.status == 403
        assert await house.values(value) == {"x": "kept"}


async def test_a_stream_carries_the_cookie_and_what_changes_later_is_saved_too(house):
    async with site(house) as client:
        response = await client.post("/stream")
        body = await response.read()

        assert body == b"first"
        assert await house.values(response.cookies["satchel"].value) == {
            "x": "streamed",
            "late": True,
        }


async def test_a_session_that_begins_after_the_answer_is_logged(house, caplog):
    async with site(house) as client:
        response = await client.post("/forgetful")

    assert "Set-Cookie" not in response.headers
    assert "its cookie is lost" in caplog.text


async def test_an_outage_within_a_stream_is_no_second_answer(house):
    async with site(house) as client:
        response = await client.post("/break")
        body = b""
        with pytest.raises(Exception, match="payload"):
            async for chunk in response.content.iter_any():
                body += chunk

        assert (response.status, body) == (200, b"first")


async def test_a_sign_in_form_works_without_a_stored_session_and_not_from_elsewhere(house):
    async with site(house) as client, site(house) as other:
        page = await client.get("/form")
        token, ticket = await page.text(), page.cookies["satchel"].value
        attackers = await (await client.get("/form")).text()

        async def checked(text, **headers):
            return await (await other.post("/check", data=text, headers=headers)).json()

        assert await checked(token, **cookie(ticket))
        assert not await checked(attackers, **cookie(ticket))
        assert not await checked(token)
        assert not await checked("", **cookie(ticket))
        assert house.store._kept == {}


async def test_a_late_answer_does_not_delete_the_cookie_of_a_newer_sign_in(house):
    async with site(house) as client:
        token = await sign_in_at(client)
        await house.store.session_destroy(key_of(token))
        response = await client.get("/", headers=cookie(token))

        assert (await response.json())["owner"] is None
        assert "Set-Cookie" not in response.headers


async def test_a_write_is_known_to_the_next_request_on_another_node(house):
    async with site(house) as client, site(house) as other:
        response = await client.post("/write/pg/42")
        at = response.cookies["satchel_position"].value
        seen = await other.get("/position", headers=cookie(at, "satchel_position"))
        further = await other.post("/write/maria/7", headers=cookie(at, "satchel_position"))
        both = cookie(further.cookies["satchel_position"].value, "satchel_position")
        last = await client.get("/position", headers=both)

        assert await seen.json() == {"pg": 42}
        assert await last.json() == {"pg": 42, "maria": 7}
        assert house.store._kept == {}


async def test_a_position_never_goes_back_and_is_told_only_when_it_moves(house):
    async with site(house) as client:
        at = (await client.post("/write/pg/42")).cookies["satchel_position"].value
        told = cookie(at, "satchel_position")
        response = await client.post("/write/pg/41", headers=told)

        assert "Set-Cookie" not in response.headers
        assert await (await client.get("/position")).json() == {}


@pytest.mark.parametrize("value", ["", "x", '{"pg":99}', "A" * 3000, "\u00ff", "AAAA="])
async def test_a_forged_position_asks_nothing(house, value):
    async with site(house) as client:
        response = await client.get("/position", headers=cookie(value, "satchel_position"))

        assert await response.json() == {}


async def test_the_clients_address_comes_through_our_proxies(house):
    async with site(house) as client:
        response = await client.get("/client", headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.9"})

        assert await response.text() == "203.0.113.9"


@pytest.mark.parametrize("name", ["", "a b", "a;b", "a=b", "a\r\nb", "é"])
def test_a_name_that_no_cookie_can_have_is_found_at_start(house, name):
    with pytest.raises(ValueError, match="cookie"):
        SessionMiddleware(house.sessions, house.keyring, cookie=name)
