"""The scripted SMTP server and the proxy fail as a test asks them to."""

import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.servers.certificates import Certificates
from tests.servers.fault_proxy import FaultProxy
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.servers.threaded import Fault

SHORT = 0.3
MESSAGE = b"Subject: hello\r\n\r\n.dotted\r\n"


@pytest.fixture
def smtp() -> Iterator[ScriptedSmtp]:
    """An SMTP server with nothing against anybody."""
    with ScriptedSmtp() as server:
        yield server


@pytest.fixture
def proxy(smtp: ScriptedSmtp) -> Iterator[FaultProxy]:
    """A way to that server which can break."""
    with FaultProxy(smtp.host, smtp.port) as relay:
        yield relay


def send(host: str, port: int, timeout: float = 5) -> None:
    """Send one message to two people."""
    with smtplib.SMTP(host, port, timeout=timeout) as client:
        client.login("ana@example.test", "secret")
        client.sendmail("ana@example.test", ["ben@example.test", "dora@example.test"], MESSAGE)


def test_without_a_script_a_message_is_accepted(smtp: ScriptedSmtp) -> None:
    send(smtp.host, smtp.port)

    (transaction,) = smtp.transactions
    assert transaction.sender == "ana@example.test"
    assert transaction.recipients == ["ben@example.test", "dora@example.test"]
    assert transaction.body == MESSAGE
    assert transaction.accepted


def test_one_recipient_can_be_refused(smtp: ScriptedSmtp) -> None:
    smtp.script["RCPT TO:<dora"] = "550 5.1.1 nobody here"
    send(smtp.host, smtp.port)

    assert smtp.transactions[0].recipients == ["ben@example.test"]


@pytest.mark.parametrize("method", ["auth_plain", "auth_login"])
def test_both_ways_to_sign_in_can_be_refused(smtp: ScriptedSmtp, method: str) -> None:
    smtp.script["AUTH"] = "535 5.7.8 wrong"
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        client.user, client.password = "ana", "wrong"

        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.auth(method.removeprefix("auth_"), getattr(client, method))


def test_a_refusal_after_the_dot_is_told(smtp: ScriptedSmtp) -> None:
    smtp.script["DOT"] = "554 5.7.1 we don't like it"

    with pytest.raises(smtplib.SMTPDataError):
        send(smtp.host, smtp.port)
    assert not smtp.transactions[0].accepted


def test_a_hanging_answer_runs_into_the_timeout(smtp: ScriptedSmtp) -> None:
    smtp.script["GREETING"] = Fault.HANG

    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(smtp.host, smtp.port, SHORT)


def test_a_closed_connection_is_told_from_a_reset_one(smtp: ScriptedSmtp) -> None:
    smtp.script["GREETING"] = Fault.CLOSE
    with pytest.raises(smtplib.SMTPServerDisconnected, match=r"unexpectedly closed$"):
        send(smtp.host, smtp.port)
    smtp.script["GREETING"] = Fault.RESET
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError), match="reset by peer"):
        send(smtp.host, smtp.port)


def test_starttls_is_offered_and_works(certificates: Certificates) -> None:
    with (
        ScriptedSmtp(starttls=certificates.server_context()) as server,
        smtplib.SMTP("localhost", server.port, timeout=5) as client,
    ):
        client.starttls(context=certificates.client_context())
        client.sendmail("ana@example.test", ["ben@example.test"], MESSAGE)

        assert server.transactions[0].accepted
        assert "starttls" not in client.esmtp_features


def test_a_certificate_for_another_name_is_refused(certificates: Certificates) -> None:
    with (
        ScriptedSmtp(starttls=certificates.wrong_name_context()) as server,
        smtplib.SMTP("localhost", server.port, timeout=5) as client,
        pytest.raises(ssl.SSLCertVerificationError, match="localhost"),
    ):
        client.starttls(context=certificates.client_context())


def test_a_cut_before_the_dot_leaves_the_message_unaccepted(
    smtp: ScriptedSmtp, proxy: FaultProxy
) -> None:
    proxy.cut_before(b"\r\n.\r\n")

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(proxy.host, proxy.port)
    proxy.wait_until_idle()
    smtp.wait_until_idle()
    assert (proxy.cuts, smtp.transactions[0].accepted) == (1, False)


def test_a_cut_after_the_dot_loses_only_the_answer(smtp: ScriptedSmtp, proxy: FaultProxy) -> None:
    proxy.cut_after(b"\r\n.\r\n")

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(proxy.host, proxy.port)
    smtp.wait_until_idle()
    assert smtp.transactions[0].body == MESSAGE


def test_an_answer_can_be_cut_on_its_way_back(proxy: FaultProxy) -> None:
    proxy.cut_before(b"354 ", "to_client")

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(proxy.host, proxy.port)


def test_a_pattern_in_two_pieces_is_found(smtp: ScriptedSmtp, proxy: FaultProxy) -> None:
    proxy.cut_before(b"\r\nrset")
    with smtplib.SMTP(proxy.host, proxy.port, timeout=5) as client:
        client.noop()

        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.rset()
            client.noop()
    smtp.wait_until_idle()
    assert "rset" not in smtp.commands


def test_a_stalled_way_opens_again(smtp: ScriptedSmtp, proxy: FaultProxy) -> None:
    proxy.stall()
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(proxy.host, proxy.port, SHORT)
    proxy.heal()
    send(proxy.host, proxy.port)

    assert smtp.transactions[-1].accepted


def test_a_delayed_way_is_too_slow_for_the_impatient(proxy: FaultProxy) -> None:
    proxy.delay(10)

    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(proxy.host, proxy.port, SHORT)


def test_a_refusing_way_ends_at_once(proxy: FaultProxy) -> None:
    proxy.refuse()

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(proxy.host, proxy.port)


def test_a_way_without_faults_changes_nothing(smtp: ScriptedSmtp, proxy: FaultProxy) -> None:
    message = EmailMessage()
    message.set_content("z\n" * 450_000)
    with smtplib.SMTP(proxy.host, proxy.port, timeout=5) as client:
        client.send_message(message, "ana@example.test", ["ben@example.test"])

    assert smtp.transactions[0].body.count(b"z\r\n") == 450_000
    assert (proxy.connections, proxy.cuts) == (1, 0)
