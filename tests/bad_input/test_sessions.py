"""Cookies that are not a session's: whoever brings one is a stranger, and never an error."""

import time

import pytest

from tests.bad_input.visitor import FORM, Visitor, urlencoded
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import StartSite
from tests.servers.site import Site

NAME = "satchel_session"
VALUES = {
    "empty": b"",
    "one letter": b"x",
    "10 000 letters": b"x" * 7900,
    "raw bytes": b"\xff\xfe",
    "letters": "é٣".encode(),
    "a token of nobody": b"a" * 43,
    "a path": b"../../etc/passwd",
    "all": b"*",
    "quotes": b'"' + b"a" * 43 + b'"',
    "blanks": b"a b c",
    "an escape": b"%00%0d%0a",
    "251 letters": b"k" * 251,
    "a visitor's by name only": b"v.",
    "a visitor's of nobody": b"v." + b"A" * 80,
    "a visitor's that is no base64": b"v.\xff====",
    "a control": b"a\x01b",
}


def with_cookie(visitor: Visitor, value: bytes) -> dict[str, bytes]:
    """Return the header with this session, and what else the visitor has."""
    others = [f"{name}={value}" for name, value in visitor.cookies.items() if name != NAME]
    return {"Cookie": b"; ".join([NAME.encode() + b"=" + value, *(o.encode() for o in others)])}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_cookie_that_is_no_session_is_a_strangers(stranger: Visitor, value: bytes):
    headers = with_cookie(stranger, value)

    answer = stranger.ask("GET", "/settings", headers)
    form = stranger.ask("POST", "/settings/sign-out-others", {**headers, **FORM}, b"csrf=x")

    assert answer.status in {303, 400}
    assert answer.status == 400 or answer.headers["Location"].startswith("/sign-in")
    assert form.status in {400, 401, 403}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_cookie_with_a_position_that_is_none_is_ignored(ana: Visitor, value: bytes):
    lines = [f"{NAME}={ana.cookies[NAME]}".encode(), f"{NAME}_position=".encode() + value]

    assert ana.ask("GET", "/settings", {"Cookie": b"; ".join(lines)}).status in {200, 400}


@pytest.mark.parametrize("place", [0, 10, 42])
def test_a_session_with_another_letter_is_nobodys(ana: Visitor, place: int):
    whole = ana.cookies[NAME]
    other = "A" if whole[place] != "A" else "B"

    answer = ana.ask(
        "GET", "/settings", with_cookie(ana, f"{whole[:place]}{other}{whole[place + 1 :]}".encode())
    )

    # The last of 43 letters has two bits that no byte needs; all of it counts all the same.
    assert answer.status == 303
    assert ana.is_signed_in()


@pytest.mark.parametrize("ending", [b"=", b".", b" x", b"\xff", b"a"])
def test_a_session_with_more_behind_it_is_nobodys(ana: Visitor, ending: bytes):
    value = ana.cookies[NAME].encode() + ending

    assert ana.ask("GET", "/settings", with_cookie(ana, value)).status == 303


def test_a_session_twice_is_nobodys(ana: Visitor, ben: Visitor):
    for other in (ana.cookies[NAME], ben.cookies[NAME], "x"):
        pair = f"{NAME}={ana.cookies[NAME]}; {NAME}={other}"

        assert ana.ask("GET", "/settings", {"Cookie": pair}).status == 303


def test_a_session_in_the_address_is_nobodys(ana: Visitor, stranger: Visitor):
    assert stranger.get(f"/settings?{NAME}={ana.cookies[NAME]}").status == 303


def test_signing_in_changes_the_cookie_and_the_token(house: Site, dovecot: Dovecot):
    visitor = Visitor(house.port)
    visitor.get("/sign-in")
    before = visitor.cookies[NAME]
    visitor.token = visitor.get("/sign-in").token
    token = visitor.token
    visitor.sign_in(dovecot.add_account("dora"))

    assert visitor.cookies[NAME] != before
    assert visitor.token != token
    assert visitor.ask("GET", "/settings", with_cookie(visitor, before.encode())).status == 303


def test_a_session_that_was_ended_a_moment_ago_is_nobodys(house: Site, dovecot: Dovecot):
    visitor = Visitor(house.port)
    visitor.sign_in(dovecot.add_account("dora"))
    draft = visitor.compose()
    old = visitor.clone()
    assert visitor.post("/sign-out").status == 303

    assert old.clone().get("/settings").headers["Location"].startswith("/sign-in")
    assert old.clone().put(f"{draft}/files/{'t' * 32}", b"x").status == 401
    late = old.clone().post(draft, ("subject", "late"), ("do", "save"))
    assert late.status == 401
    assert "/sign-in" in late.text
    assert old.clone().get("/settings").status == 303


def test_signing_out_elsewhere_ends_the_other_session_only(house: Site, dovecot: Dovecot):
    first, second = Visitor(house.port), Visitor(house.port)
    first.sign_in(dovecot.add_account("dora"))
    second.sign_in(dovecot.add_account("dora"))
    first.post("/settings/sign-out-others")

    assert first.is_signed_in()
    assert not second.is_signed_in()


def test_a_session_ends_at_its_end_and_a_draft_outlives_it(start_site: StartSite, dovecot: Dovecot):
    hour, minute = 3600, 60
    site = start_site(session_lifetime=3 / minute, session_lifetime_max=3 / hour)
    visitor = Visitor(site.port)
    visitor.sign_in(dovecot.add_account("dora"))
    draft = visitor.compose()
    old = visitor.clone()
    deadline = time.monotonic() + 15
    while visitor.clone().is_signed_in():
        assert time.monotonic() < deadline

    assert old.clone().post(draft, ("do", "save")).status == 401
    assert old.clone().put(f"{draft}/files/{'t' * 32}", b"x").status == 401
    visitor.sign_in(dovecot.add_account("dora"))
    assert visitor.get(draft).status == 200


def test_a_token_in_another_sessions_hands_is_refused(ana: Visitor, ben: Visitor):
    body = urlencoded(("csrf", ben.token))

    assert ana.ask("POST", "/settings/sign-out-others", FORM, body).status == 403


def test_a_name_and_a_password_can_be_anything(stranger: Visitor):
    stranger.token = stranger.get("/sign-in").token
    for address in (
        "",
        "x",
        "a@b@c",
        "a\r\nb@c.d",
        "é@x.example",
        "x" * 10_000,
        "a@" + "b" * 300,
        "nobody@example.test",
    ):
        for password in ("", "\r\nA1 LOGOUT", "{5}", "\x00", "ü" * 5, "x" * 5000):
            fields = (("address", address), ("password", password))
            answer = stranger.post("/sign-in", *fields)

            assert answer.status in {401, 413, 422, 429}, (address[:20], password[:20])
            assert "Location" not in answer.headers
