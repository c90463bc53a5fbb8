"""Two nodes of the site with their sessions and records in memcached."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import ExitStack

import aiohttp
import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import FaultProxy
from tests.servers.fixtures import StartMemcached, StartSite
from tests.servers.ports import LOOPBACK
from tests.servers.site import Site

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """One browser that meets all nodes behind one address; cookies know no ports."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        yield browser


async def post(browser: aiohttp.ClientSession, node: Site, page: str, **fields: str) -> str:
    """Send the form of a page, and return the address where that leads."""
    async with browser.get(f"{node.url}{page}") as shown:
        token = TOKEN.search(await shown.text())
    assert token is not None
    form = {"csrf": token[1], **fields}
    async with browser.post(f"{node.url}{page}", data=form, allow_redirects=False) as answer:
        return answer.headers["Location"]


async def sees_mail(browser: aiohttp.ClientSession, node: Site) -> bool:
    async with browser.get(f"{node.url}/m/INBOX", allow_redirects=False) as answer:
        assert answer.status in {200, 303}, await answer.text()
        return answer.status == 200


async def until_well(browser: aiohttp.ClientSession, node: Site) -> None:
    async with asyncio.timeout(20):
        while True:
            async with browser.get(f"{node.url}/healthz/ready") as answer:
                if (await answer.json())["components"]["memcache"]["status"] == "ok":
                    return


async def test_who_signed_in_on_one_node_is_signed_in_on_the_other_whichever_host_dies(
    start_site: StartSite,
    start_memcached: StartMemcached,
    dovecot: Dovecot,
    browser: aiohttp.ClientSession,
) -> None:
    hosts = [start_memcached(), start_memcached()]
    addresses = [host.address for host in hosts]
    nodes = [start_site(session_storage="memcache", memcache_hosts=addresses) for _ in range(2)]
    account = dovecot.add_account("memcached")
    fields = {"address": account.address, "password": account.password}
    await post(browser, nodes[0], "/sign-in", next="/", **fields)

    for host in hosts:
        host.kill()
        assert [await sees_mail(browser, node) for node in nodes] == [True, True]
        host.start()
        for node in nodes:
            await until_well(browser, node)
        assert [await sees_mail(browser, node) for node in nodes * 3] == [True] * 6


async def asks_to_come_back(browser: aiohttp.ClientSession, node: Site) -> None:
    """See that a page says "Try again", and takes no cookie away."""
    async with browser.get(f"{node.url}/m/INBOX", allow_redirects=False) as answer:
        assert (answer.status, answer.headers.getall("Set-Cookie", [])) == (503, [])
        assert "Try again in a moment." in await answer.text()


@pytest.mark.parametrize("count", [1, 2])
async def test_while_no_host_answers_nobody_is_signed_out_and_then_all_goes_on(
    count: int,
    start_site: StartSite,
    start_memcached: StartMemcached,
    dovecot: Dovecot,
    browser: aiohttp.ClientSession,
) -> None:
    hosts = [start_memcached() for _ in range(count)]
    with ExitStack() as stack:
        proxies = [stack.enter_context(FaultProxy(host.host, host.port)) for host in hosts]
        addresses = [f"{LOOPBACK}:{proxy.port}" for proxy in proxies]
        patience = {"memcache_timeout": 1.0}
        node = start_site(session_storage="memcache", memcache_hosts=addresses, **patience)
        account = dovecot.add_account(f"nohost{count}")
        fields = {"address": account.address, "password": account.password}
        await post(browser, node, "/sign-in", next="/", **fields)

        for host in hosts:
            host.freeze()
        await asks_to_come_back(browser, node)
        for host in hosts:
            host.thaw()
        await until_well(browser, node)
        assert await sees_mail(browser, node)

        for proxy in proxies:
            proxy.refuse()
            proxy.cut_before(b" ")
        await asks_to_come_back(browser, node)
        for proxy in proxies:
            proxy.heal()
        await until_well(browser, node)
        assert await sees_mail(browser, node)
