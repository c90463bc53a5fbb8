"""The scripted IMAP server answers as a test asks it to."""

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, LoginError

from tests.servers.scripted_imap import ScriptedImap
from tests.servers.threaded import Fault


def test_imap_without_a_script_has_an_empty_inbox() -> None:
    with (
        ScriptedImap() as server,
        IMAPClient(server.host, server.port, ssl=False, timeout=5) as client,
    ):
        client.login("ana@example.test", "secret with {1} in it")

        assert client.select_folder("INBOX")[b"EXISTS"] == 0
        assert [name for _, _, name in client.list_folders()] == ["INBOX"]
        client.append("INBOX", b"Subject: hello\r\n\r\n")


def test_imap_can_refuse_a_password_and_hang_up() -> None:
    script: dict[str, str | Fault] = {"LOGIN": "NO [AUTHENTICATIONFAILED] no", "NOOP": Fault.CLOSE}
    with (
        ScriptedImap(script) as server,
        IMAPClient(server.host, server.port, ssl=False, timeout=5) as client,
    ):
        with pytest.raises(LoginError):
            client.login("ana@example.test", "wrong")
        with pytest.raises(IMAPClientAbortError):
            client.noop()
        client.shutdown()
