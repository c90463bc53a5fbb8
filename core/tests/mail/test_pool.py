"""Connections that fail, hang, idle and come back."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import FaultProxy
from tests.servers.ports import pick_free_ports
from tests.servers.scripted_imap import ScriptedImap
from tests.servers.threaded import Fault

from satchel.mail.errors import (
    FolderMissing,
    LoginRefused,
    MailboxFull,
    MailServerRefused,
    MailServerUnavailable,
)
from satchel.mail.pool import ImapPool
from satchel.mail.search import Search
from satchel.mail.server import Credentials, MailServer

ANN = Credentials("ann", "secret")


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[FaultProxy]:
    with FaultProxy(dovecot.host, dovecot.port) as relay:
        yield relay


def plain(server: FaultProxy | ScriptedImap, timeout: float = 5.0) -> MailServer:
    return MailServer(server.host, server.port, "none", timeout=timeout)


async def test_the_right_password_is_accepted(pool: ImapPool, credentials: Credentials) -> None:
    await pool.check_login(credentials)


@pytest.mark.parametrize("password", ["wrong", "", "a\r\nb", "\x00", "\udcff", "pässwörd", '"\\'])
async def test_a_wrong_password_is_refused(
    pool: ImapPool, credentials: Credentials, password: str
) -> None:
    await pool.check_login(credentials)

    with pytest.raises(LoginRefused) as caught:
        await pool.check_login(replace(credentials, password=password))
    with pytest.raises(LoginRefused):
        await pool.account(replace(credentials, password=password)).folders()

    assert "The user name or the password is wrong." == caught.value.text


async def test_a_password_may_have_any_letters(dovecot: Dovecot, pool: ImapPool) -> None:
    zoe = Credentials("zoe@example.test", 'pä "ss\\ wörd 日本')
    (dovecot.folder / "passwords" / zoe.username).write_text(
        f"{zoe.username}:{{PLAIN}}{zoe.password}\n"
    )

    await pool.check_login(zoe)


async def test_where_only_ascii_can_be_told_other_letters_are_a_wrong_password() -> None:
    with ScriptedImap() as server:
        async with ImapPool(plain(server)) as pool:
            with pytest.raises(LoginRefused):
                await pool.check_login(Credentials("ann", "pässword"))
            await pool.check_login(Credentials('a "nn', "secret"))

    assert 'LOGIN "a \\"nn" "secret"' in server.commands


def test_credentials_do_not_show_the_password() -> None:
    assert "secret" not in repr(ANN)


async def test_a_server_that_is_down_is_not_a_wrong_password() -> None:
    [port] = pick_free_ports(1)
    async with ImapPool(MailServer("127.0.0.1", port, "none", timeout=2)) as pool:
        with pytest.raises(MailServerUnavailable, match="cannot be reached"):
            await pool.check_login(ANN)


@pytest.mark.parametrize(
    "script",
    [
        {"GREETING": "BYE full"},
        {"GREETING": "PREAUTH welcome"},
        {"GREETING": "HTTP/1.1 200"},
        {"GREETING": Fault.CLOSE},
        {"GREETING": Fault.HANG},
        {"LOGIN": Fault.HANG},
        {"LOGIN": Fault.RESET},
        {"LOGIN": "NO [UNAVAILABLE] database is down"},
        {"LOGIN": "BAD what"},
        {"LOGIN": "* BYE bye\nNO no"},
        {"CAPABILITY": "NO no"},
    ],
)
async def test_a_server_that_fails_is_not_a_wrong_password(script: dict[str, str | Fault]) -> None:
    with ScriptedImap(script) as server:
        async with ImapPool(plain(server, timeout=0.4)) as pool:
            with pytest.raises(MailServerUnavailable) as caught:
                await pool.check_login(ANN)

    assert not isinstance(caught.value, LoginRefused)


async def test_a_no_to_the_login_is_a_wrong_password() -> None:
    with ScriptedImap({"LOGIN": "NO [AUTHENTICATIONFAILED] no"}) as server:
        async with ImapPool(plain(server)) as pool:
            with pytest.raises(LoginRefused):
                await pool.check_login(ANN)


async def test_without_starttls_no_password_is_told() -> None:
    with ScriptedImap() as server:
        async with ImapPool(replace(plain(server), tls="starttls")) as pool:
            with pytest.raises(MailServerUnavailable, match="STARTTLS"):
                await pool.check_login(ANN)

    assert not [command for command in server.commands if "secret" in command]


async def test_starttls_is_used(dovecot: Dovecot, credentials: Credentials) -> None:
    authority = str(dovecot.certificates.authority)
    server = MailServer("localhost", dovecot.port, "starttls", authority)

    async with ImapPool(server) as pool:
        assert await pool.account(credentials).folders()


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_certificate_must_be_trusted_and_name_the_host(
    certificates: Certificates, trusted: bool
) -> None:
    with ScriptedImap(tls=certificates.wrong_name_context()) as server:
        authority = str(certificates.authority) if trusted else None
        async with ImapPool(MailServer("localhost", server.port, "implicit", authority)) as pool:
            with pytest.raises(MailServerUnavailable, match="certificate"):
                await pool.check_login(ANN)


async def test_a_connection_is_used_again(proxy: FaultProxy, credentials: Credentials) -> None:
    async with ImapPool(plain(proxy)) as pool:
        await pool.check_login(credentials)
        for _ in range(5):
            await pool.account(credentials).folders()

    assert 1 == proxy.connections


async def test_nobody_gets_a_connection_by_another_password(
    proxy: FaultProxy, credentials: Credentials
) -> None:
    async with ImapPool(plain(proxy)) as pool:
        await pool.check_login(credentials)
        with pytest.raises(LoginRefused):
            await pool.account(replace(credentials, password="guess")).folders()


async def test_what_the_server_closed_while_idle_is_replaced(
    proxy: FaultProxy, credentials: Credentials
) -> None:
    async with ImapPool(plain(proxy)) as pool:
        account = pool.account(credentials)
        await account.messages("INBOX")
        proxy.cut_before(b"NOOP")
        async with pool.lend(credentials) as connection:
            with pytest.raises(MailServerUnavailable):
                await connection.run(lambda session: session.noop())
        proxy.heal()
        await account.messages("INBOX")

    assert 2 == proxy.connections


async def test_an_idle_connection_that_died_is_not_lent(credentials: Credentials) -> None:
    with ScriptedImap({"NOOP": Fault.CLOSE}) as server:
        async with ImapPool(plain(server)) as pool:
            async with pool.lend(ANN) as first:
                pass
            first.idle_since -= 3600
            async with pool.lend(ANN) as second:
                is_same = first is second

    assert not is_same


async def test_a_hanging_server_is_given_up_and_does_not_stop_others(
    proxy: FaultProxy, credentials: Credentials, pool: ImapPool
) -> None:
    async with ImapPool(plain(proxy, timeout=0.5)) as slow:
        await slow.check_login(credentials)
        proxy.stall()
        started = time.monotonic()
        results = asyncio.gather(
            *(slow.account(credentials).folders() for _ in range(8)), return_exceptions=True
        )
        assert await pool.account(credentials).folders()
        others = time.monotonic() - started
        kinds = {type(result) for result in await results}
        proxy.heal()

    assert {MailServerUnavailable} == kinds
    assert time.monotonic() - started < 5
    assert others < 2


async def test_a_cancelled_call_closes_its_connection_and_frees_its_thread(
    proxy: FaultProxy, credentials: Credentials
) -> None:
    async with ImapPool(plain(proxy, timeout=60), size_per_account=1, threads=1) as pool:
        await pool.check_login(credentials)
        entered = asyncio.Event()
        loop = asyncio.get_running_loop()

        async def hang() -> None:
            async with pool.lend(credentials) as connection:
                proxy.stall()

                def ask(session: object) -> None:
                    loop.call_soon_threadsafe(entered.set)
                    session.noop()  # type: ignore[attr-defined]

                await connection.run(ask)

        task = asyncio.create_task(hang())
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        proxy.heal()
        assert await pool.account(credentials).folders()

    assert 2 == proxy.connections


async def test_an_account_has_no_more_connections_than_allowed(
    proxy: FaultProxy, credentials: Credentials
) -> None:
    async with ImapPool(plain(proxy), size_per_account=2) as pool:
        await asyncio.gather(*(pool.account(credentials).folders() for _ in range(10)))

    assert 2 == proxy.connections


async def test_too_many_waiters_are_told(credentials: Credentials) -> None:
    with ScriptedImap() as server:
        async with (
            ImapPool(plain(server, timeout=0.2), size_per_account=1) as pool,
            pool.lend(ANN),
        ):
            with pytest.raises(MailServerUnavailable, match="Too much"):
                await pool.account(ANN).folders()


async def test_idle_connections_end(credentials: Credentials) -> None:
    gone = threading.Event()

    class Watched(ScriptedImap):
        async def converse(
            self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            await super().converse(reader, writer)
            gone.set()

    with Watched() as server:
        async with ImapPool(plain(server), idle_seconds=0.05) as pool:
            await pool.check_login(ANN)
            assert await asyncio.to_thread(gone.wait, 10)

    assert "LOGOUT" in server.commands


async def test_a_full_mailbox_and_a_missing_folder_are_told_apart() -> None:
    async def ten() -> AsyncIterator[bytes]:
        yield b"Subject: x"

    replies = {
        "NO [OVERQUOTA] full": MailboxFull,
        "NO [TRYCREATE] none": FolderMissing,
        "NO not today": MailServerRefused,
    }
    with ScriptedImap() as server:
        async with ImapPool(plain(server)) as pool:
            for reply, error in replies.items():
                server.script["APPEND"] = reply
                with pytest.raises(error):
                    await pool.account(ANN).append("Sent", ten(), 10)


async def test_a_search_falls_back_to_another_charset() -> None:
    with ScriptedImap({"UID SEARCH CHARSET UTF-8": "NO [BADCHARSET] no"}) as server:
        async with ImapPool(plain(server)) as pool:
            account = pool.account(ANN)
            page = await account.messages("INBOX", search=Search(text="ü"))
            with pytest.raises(MailServerRefused, match="search"):
                await account.messages("INBOX", search=Search(text="日本"))

    assert 0 == page.total
    assert [c for c in server.commands if c.startswith("UID SEARCH CHARSET ISO-8859-1")]
