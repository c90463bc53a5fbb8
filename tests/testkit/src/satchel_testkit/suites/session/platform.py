"""Sessions that the platform keeps: one mapping a browser, which can be renewed and ended."""

import pytest

from satchel_hookspecs import PlatformSession
from satchel_testkit.harness import Browser
from satchel_testkit.relay import STORE_HOOKS
from satchel_testkit.suite import Suite, needs


class TestPlatformHooks(Suite):
    kind = "session"
    platform = True

    def test_it_implements_none_of_the_other_session_hooks(self) -> None:
        store = self.subject.store
        others = [name for name in STORE_HOOKS if name.startswith("session_")]
        others.remove("session_platform")

        assert hasattr(store, "session_platform")
        assert [name for name in others if hasattr(store, name)] == []


@needs("browser")
class TestPlatform(Suite):
    kind = "session"
    platform = True

    async def begin(self) -> None:
        await super().begin()
        self.browser = self.harness.browser()

    async def session(self, request: object) -> PlatformSession:
        """The session of this request."""
        session: PlatformSession = await self.hooks.session_platform(request=request)
        return session

    async def change(self, browser: Browser, **values: object) -> None:
        """Send a request that sets these values."""
        request = browser.request()
        (await self.session(request)).values.update(values)
        await browser.answer(request)

    async def seen(self, browser: Browser) -> dict[str, object]:
        """What the next request finds."""
        request = browser.request()
        found = dict((await self.session(request)).values)
        await browser.answer(request)
        return found

    async def test_a_browser_that_was_never_here_has_an_empty_session(self) -> None:
        assert await self.seen(self.browser) == {}

    async def test_what_one_request_sets_the_next_one_finds(self) -> None:
        await self.change(self.browser, user="ann", count=1)
        await self.change(self.browser, count=2)

        assert await self.seen(self.browser) == {"user": "ann", "count": 2}

    async def test_it_is_the_same_session_all_through_a_request(self) -> None:
        request = self.browser.request()
        (await self.session(request)).values["user"] = "ann"

        assert (await self.session(request)).values["user"] == "ann"

    async def test_another_browser_sees_nothing_of_it(self) -> None:
        await self.change(self.browser, user="ann")

        assert await self.seen(self.harness.browser()) == {}

    async def test_what_is_deleted_is_gone(self) -> None:
        await self.change(self.browser, user="ann", count=1)
        request = self.browser.request()
        del (await self.session(request)).values["count"]
        await self.browser.answer(request)

        assert await self.seen(self.browser) == {"user": "ann"}

    async def test_a_renewed_session_keeps_its_values(self) -> None:
        await self.change(self.browser, user="ann")
        request = self.browser.request()
        await (await self.session(request)).renew()
        await self.browser.answer(request)

        assert await self.seen(self.browser) == {"user": "ann"}

    async def test_a_destroyed_session_is_empty_from_then_on(self) -> None:
        await self.change(self.browser, user="ann")
        request = self.browser.request()
        session = await self.session(request)
        await session.destroy()
        with pytest.raises(KeyError):
            session.values["user"]
        await self.browser.answer(request)

        assert await self.seen(self.browser) == {}
