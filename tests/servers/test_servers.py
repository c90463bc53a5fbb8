"""The servers of the tests do what the tests take for granted."""

import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage

import psutil
import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.mailbox import Mailbox
from tests.servers.postfix import Postfix

TIMEOUT = 20
SHORT = 0.3


@pytest.fixture
def inbox(dovecot: Dovecot) -> Mailbox:
    """Ben's mailbox, empty."""
    mailbox = dovecot.mailbox("ben@example.test")
    mailbox.clear()
    return mailbox


@pytest.fixture
def client(dovecot: Dovecot, smtp_server: Postfix) -> Iterator[smtplib.SMTP]:
    """A connection on which Ana has signed in."""
    ana = dovecot.accounts[0]
    with smtplib.SMTP("localhost", smtp_server.port, timeout=TIMEOUT) as connection:
        connection.login(ana.address, ana.password)
        yield connection


def write_message(subject: str = "hello") -> EmailMessage:
    """Return a short message from Ana to Ben."""
    message = EmailMessage()
    message["From"] = "ana@example.test"
    message["To"] = "ben@example.test"
    message["Subject"] = subject
    message.set_content("Hello.")
    return message


def test_a_message_sent_by_smtp_is_found_by_imap(client: smtplib.SMTP, inbox: Mailbox) -> None:
    client.send_message(write_message("from hand to hand"))

    (received,) = inbox.wait_for(1)
    assert b"Subject: from hand to hand" in received


def test_smtp_offers_starttls_with_a_certificate_of_the_authority(
    smtp_server: Postfix, certificates: Certificates
) -> None:
    with smtplib.SMTP("localhost", smtp_server.port, timeout=TIMEOUT) as connection:
        answer = connection.starttls(context=certificates.client_context())

    assert answer[0] == 220


def test_smtp_over_tls_delivers(
    dovecot: Dovecot, smtp_server: Postfix, certificates: Certificates, inbox: Mailbox
) -> None:
    ana = dovecot.accounts[0]
    context = certificates.client_context()
    with smtplib.SMTP_SSL("localhost", smtp_server.tls_port, context=context) as connection:
        connection.login(ana.address, ana.password)
        connection.send_message(write_message())

    assert len(inbox.wait_for(1)) == 1


def test_smtp_refuses_a_wrong_password(dovecot: Dovecot, smtp_server: Postfix) -> None:
    with (
        smtplib.SMTP("localhost", smtp_server.port, timeout=TIMEOUT) as connection,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        connection.login(dovecot.accounts[0].address, "wrong")


def test_smtp_refuses_to_relay_for_a_stranger(smtp_server: Postfix) -> None:
    with (
        smtplib.SMTP("localhost", smtp_server.port, timeout=TIMEOUT) as connection,
        pytest.raises(smtplib.SMTPRecipientsRefused),
    ):
        connection.send_message(write_message())


def test_smtp_refuses_a_recipient_without_a_mailbox(client: smtplib.SMTP) -> None:
    client.mail("ana@example.test")

    assert client.rcpt("nobody@example.test")[0] == 550
    assert client.rcpt("ben@example.test")[0] == 250


def test_smtp_announces_its_size_limit(client: smtplib.SMTP, smtp_server: Postfix) -> None:
    client.ehlo()

    assert client.esmtp_features["size"] == str(smtp_server.message_size_limit)


def test_a_later_account_signs_in_and_receives(dovecot: Dovecot, smtp_server: Postfix) -> None:
    eva = dovecot.add_account("eva")
    with smtplib.SMTP("localhost", smtp_server.port, timeout=TIMEOUT) as connection:
        connection.login(eva.address, eva.password)
        connection.send_message(write_message(), to_addrs=[eva.address])

    assert len(dovecot.mailbox(eva.address).wait_for(1)) == 1


def test_imap_over_tls_checks_out(dovecot: Dovecot, certificates: Certificates) -> None:
    context = certificates.client_context()
    ana = dovecot.accounts[0]
    with IMAPClient("localhost", dovecot.tls_port, ssl_context=context) as connection:
        assert connection.login(ana.address, ana.password)


def test_imap_over_tls_is_refused_by_who_does_not_know_the_authority(dovecot: Dovecot) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        IMAPClient("localhost", dovecot.tls_port, ssl_context=ssl.create_default_context())


def test_imap_refuses_a_wrong_password(dovecot: Dovecot) -> None:
    with (
        IMAPClient(dovecot.host, dovecot.port, ssl=False, timeout=TIMEOUT) as connection,
        pytest.raises(LoginError),
    ):
        connection.login(dovecot.accounts[0].address, "wrong")


def test_the_usual_folders_are_there_and_say_what_they_are_for(inbox: Mailbox) -> None:
    with inbox.connect() as connection:
        found = {name: flags for flags, _, name in connection.list_folders()}

    assert set(found) == {"INBOX", "Drafts", "Sent", "Junk", "Trash", "Archive"}
    assert b"\\Sent" in found["Sent"]


def test_clearing_a_mailbox_leaves_the_usual_folders_empty(inbox: Mailbox) -> None:
    inbox.deliver(bytes(write_message()), "Sent")
    inbox.create_folder("Entwürfe/älter")
    inbox.clear()

    assert inbox.count("Sent") == 0
    assert "Entwürfe/älter" not in inbox.list_folders()


def test_a_frozen_server_accepts_connections_and_says_nothing(
    dovecot: Dovecot, inbox: Mailbox
) -> None:
    dovecot.freeze()
    try:
        with pytest.raises(TimeoutError):
            IMAPClient(dovecot.host, dovecot.port, ssl=False, timeout=SHORT)
    finally:
        dovecot.thaw()

    assert inbox.count() == 0


def test_a_restarted_server_has_the_same_port_and_mail(dovecot: Dovecot, inbox: Mailbox) -> None:
    inbox.deliver(bytes(write_message()))
    dovecot.stop()
    with pytest.raises(ConnectionRefusedError):
        inbox.count()
    dovecot.start()

    assert inbox.count() == 1


def test_a_killed_server_leaves_no_process_behind(dovecot: Dovecot, inbox: Mailbox) -> None:
    inbox.count()
    family = psutil.Process(dovecot.pid).children(recursive=True)
    dovecot.kill()
    _, alive = psutil.wait_procs(family, timeout=5)
    dovecot.start()

    assert len(family) > 1
    assert alive == []


def test_a_stopped_smtp_server_starts_again(smtp_server: Postfix, inbox: Mailbox) -> None:
    smtp_server.stop()
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("localhost", smtp_server.port, timeout=TIMEOUT)
    smtp_server.start()

    with smtplib.SMTP("localhost", smtp_server.port, timeout=TIMEOUT) as connection:
        assert connection.ehlo()[0] == 250
