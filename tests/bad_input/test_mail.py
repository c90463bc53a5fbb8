"""Mail servers that say no, or nothing: told apart, with the draft and the session kept."""

import pytest

from tests.bad_input.conftest import LIMIT
from tests.bad_input.visitor import FILE, VERSION, Visitor
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import FaultProxy
from tests.servers.fixtures import StartSite
from tests.servers.postfix import Postfix
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.servers.site import opened_site
from tests.servers.threaded import Fault

BAD_ADDRESSES = [
    "",
    "nobody",
    "ben@example.test>, <evil@example.test",
    "ben@example.test>\r\nRCPT TO:<evil@example.test",
    "ben@example.test <evil@example.test>",
    "<@evil.example:ben@example.test>",
    '"a b"@example.test',
    "a(comment)@example.test",
    "a@[127.0.0.1]",
    "a" * 65 + "@example.test",
    "a@" + "b" * 64 + ".test",
    "group: ben@example.test, ana@example.test;",
    "undisclosed-recipients:;",
    "-oQ/tmp@x -X/tmp/y",
    "ben@example.test, not an address",
    "ben@example.test,, \x00 evil",
    "=?utf-8?q?evil=40example.test?=",
    "ben@example.test " + "x" * 19_000,
]


@pytest.mark.parametrize("field", ["to", "cc", "bcc"])
@pytest.mark.parametrize("address", BAD_ADDRESSES, ids=lambda address: address[:30])
def test_an_address_in_doubt_is_refused_and_nothing_is_sent(
    ana: Visitor, draft: str, dovecot: Dovecot, address: str, field: str
):
    before = dovecot.mailbox("ana@example.test").count("Sent")
    answer = ana.write(draft, "send", (field, address), ("subject", "Keep me"))

    assert answer.status == 422
    assert answer.problems
    page = ana.get(draft).text
    assert "Keep me" in page
    assert dovecot.mailbox("ana@example.test").count("Sent") == before


def test_one_recipient_who_is_refused_is_named_and_nobody_gets_anything(
    ana: Visitor, draft: str, dovecot: Dovecot
):
    ben = dovecot.mailbox("ben@example.test")
    before = ben.count()
    kept = ana.upload(draft, b"content")
    to = ("to", "ben@example.test, nobody@example.test")

    answer = ana.write(draft, "send", to, ("subject", "Not to all"), ("message", "Hello."))

    assert "nobody@example.test" in answer.problems
    assert "ben@example.test" not in answer.problems.replace("nobody@example.test", "")
    page = ana.get(draft).text
    assert "Not to all" in page
    assert "ben@example.test, nobody@example.test" in page
    assert FILE.findall(page) == [kept.rpartition("/")[2]]
    assert ben.count() == before

    again = ana.write(draft, "send", ("to", "ben@example.test"), ("subject", "To one"))
    assert again.status == 303
    assert len(ben.wait_for(before + 1)) == before + 1


REFUSALS = {
    "no greeting": ("GREETING", Fault.CLOSE),
    "a greeting that says no": ("GREETING", "554 5.3.2 not today"),
    "no sign-in": ("AUTH", "535 5.7.8 no"),
    "no sender": ("MAIL", "550 5.7.1 not you"),
    "no recipient for now": ("RCPT", "451 4.3.0 later"),
    "no message": ("DATA", "554 5.6.0 no"),
    "no message after all": ("DOT", "552 5.2.2 full"),
    "nonsense": ("MAIL", "hello <script>alert(1)</script>"),
    "markup": ("RCPT", "550 5.1.1 <script>alert(1)</script>"),
    "a connection that ends": ("DATA", Fault.RESET),
}


@pytest.fixture(scope="module")
def outbox():
    """A sending server that does as a test says."""
    with ScriptedSmtp() as server:
        yield server


@pytest.fixture(scope="module")
def stubborn(outbox: ScriptedSmtp, dovecot: Dovecot, smtp_server: Postfix):
    """Dora's browser at a site whose sending server is that one."""
    settings = {"smtp_host": f"localhost:{outbox.port}", "smtp_timeout": 2}
    with opened_site(dovecot, smtp_server, **settings) as site:
        visitor = Visitor(site.port)
        visitor.sign_in(dovecot.add_account("dora"))
        yield visitor


@pytest.mark.parametrize(("step", "answer"), REFUSALS.values(), ids=REFUSALS)
def test_a_sending_server_that_says_no_costs_nothing(
    stubborn: Visitor, outbox: ScriptedSmtp, step: str, answer: str | Fault
):
    draft = stubborn.compose()
    kept = stubborn.upload(draft, b"content")
    outbox.script = {step: answer}
    fields = (("to", "ben@example.test"), ("subject", "Keep me"), ("message", "Text"))

    said = stubborn.write(draft, "send", *fields)

    assert said.status in {200, 422, 502, 503}
    assert said.problems
    assert "<script>alert" not in said.text
    assert "Keep me" in stubborn.get(draft).text
    assert stubborn.get(kept).body == b"content"
    assert not [one for one in outbox.transactions if one.accepted]


def test_a_sending_server_that_is_not_there_costs_nothing(start_site: StartSite, dovecot: Dovecot):
    with ScriptedSmtp() as server:
        port = server.port
    visitor = Visitor(start_site(smtp_host=f"localhost:{port}").port)
    visitor.sign_in(dovecot.add_account("dora"))
    draft = visitor.compose()

    answer = visitor.write(draft, "send", ("to", "ben@example.test"), ("subject", "Keep me"))

    assert answer.problems
    assert "Keep me" in visitor.get(draft).text


def test_a_mail_server_that_is_down_is_no_wrong_password(start_site: StartSite, dovecot: Dovecot):
    dora = dovecot.add_account("dora")
    wrong = Account(dora.address, "wrong")
    with FaultProxy(dovecot.host, dovecot.tls_port) as proxy:
        site = start_site(
            imap_host=f"ssl://localhost:{proxy.port}", imap_timeout=1, max_message_size=LIMIT
        )
        visitor = Visitor(site.port)
        proxy.refuse()
        down = [Visitor(site.port).sign_in(account, 503) for account in (dora, wrong)]
        proxy.heal()
        refused = Visitor(site.port).sign_in(wrong, 401)
        visitor.sign_in(dora)
        draft = visitor.compose()
        version = VERSION.findall(visitor.get(draft).text)[0]

        proxy.refuse()
        proxy.stall()
        without = [visitor.ask("GET", path, may_fail=(503,)) for path in ("/m/INBOX", "/settings")]
        kept = visitor.upload(draft, b"content")
        form = (("version", version), ("subject", "Keep me"), ("do", "save"))
        saved = visitor.post(draft, *form, may_fail=(503,))
        proxy.heal()

        assert visitor.get("/m/INBOX").status == 200
        assert "Keep me" in visitor.get(draft).text
        assert visitor.get(kept).body == b"content"
    assert [answer.status for answer in without] == [503, 503]
    assert all(answer.headers["Retry-After"] for answer in (*down, *without))
    assert {answer.problems for answer in down} != {refused.problems}
    assert all("cannot be reached" in answer.problems for answer in down)
    assert "password is not right" in refused.problems
    assert saved.status in {303, 503}
