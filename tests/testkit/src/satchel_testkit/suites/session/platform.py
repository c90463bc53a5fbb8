"""Sessions that the platform keeps: one mapping a browser, which can be renewed and ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
        async with self.visit(browser) as session:
            session.values.update(values)

    async def seen(self, browser: Browser) -> dict[str, object]:
        """What the next request finds."""
        async with self.visit(browser) as session:
            return dict(session.values)

    @asynccontextmanager
    async def visit(self, browser: Browser) -> AsyncIterator[PlatformSession]:
        """The session of the next request, which is answered afterwards."""
        request = browser.request()
        session = await self.session(request)
        yield session
        await browser.answer(request, session)

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
        async with self.visit(self.browser) as session:
            del session.values["count"]

        assert await self.seen(self.browser) == {"user": "ann"}

    async def test_a_request_that_is_never_answered_changes_nothing(self) -> None:
        await self.change(self.browser, user="ann")
        session = await self.session(self.browser.request())
        session.values["user"] = "ben"

        assert await self.seen(self.browser) == {"user": "ann"}

    async def test_another_instance_finds_it(self) -> None:
        await self.change(self.browser, user="ann")
        self.hooks = await self.another()

        assert await self.seen(self.browser) == {"user": "ann"}

    async def test_a_nested_value_comes_back_as_it_was(self) -> None:
        value = ["1f", None, 1700000000, "\u00fc\U0001f511 = ;", {"deep": [1, 2.5, True]}]
        await self.change(self.browser, satchel=value)

        assert await self.seen(self.browser) == {"satchel": value}

    async def test_a_renewed_session_keeps_its_values(self) -> None:
        await self.change(self.browser, user="ann")
        async with self.visit(self.browser) as session:
            await session.renew()
            session.values["count"] = 1

        assert await self.seen(self.browser) == {"user": "ann", "count": 1}

    async def test_a_new_session_can_be_renewed(self) -> None:
        async with self.visit(self.browser) as session:
            await session.renew()
            session.values["user"] = "ann"

        assert await self.seen(self.browser) == {"user": "ann"}

    @needs("forgets_old_cookies")
    async def test_after_a_renewal_the_cookies_of_before_find_nothing(self) -> None:
        await self.change(self.browser, user="planted")
        thief = self.browser.copy()
        async with self.visit(self.browser) as session:
            await session.renew()
            session.values["user"] = "ann"

        assert await self.seen(thief) == {}
        assert await self.seen(self.browser) == {"user": "ann"}

    async def test_a_destroyed_session_is_empty_from_then_on(self) -> None:
        await self.change(self.browser, user="ann")
        async with self.visit(self.browser) as session:
            await session.destroy()
            with pytest.raises(KeyError):
                session.values["user"]

        assert await self.seen(self.browser) == {}

    async def test_destroying_twice_and_with_nothing_there_is_no_error(self) -> None:
        for _ in range(2):
            async with self.visit(self.browser) as session:
                await session.destroy()
                await session.destroy()

        assert await self.seen(self.browser) == {}

    @needs("forgets_old_cookies")
    async def test_after_the_end_the_cookies_of_before_find_nothing(self) -> None:
        await self.change(self.browser, user="ann")
        thief = self.browser.copy()
        async with self.visit(self.browser) as session:
            await session.destroy()

        assert await self.seen(thief) == {}

    async def test_it_says_in_sentences_what_it_cannot_promise(self) -> None:
        store = await self._stack.enter_async_context(self.harness.make(self.hooks))
        cannot = getattr(store, "cannot", None)

        assert isinstance(cannot, tuple)
        assert [one for one in cannot if not str(one).endswith(".")] == []
