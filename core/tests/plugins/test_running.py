"""Running: lifespans in order, health in time, all of it on aiohttp."""

import sys

import pytest
from aiohttp import web

import satchel
from satchel.errors import StartupError
from satchel.host import Host
from satchel.plugins.health import check_health

CODE = """
    import asyncio
    from contextlib import asynccontextmanager
    from satchel_hookspecs import Health, MemorySessions, hookimpl

    happened = []
    never = asyncio.Event()

    class Lived:
        def __init__(self, config, ctx):
            self.name = ctx.name

        @hookimpl
        @asynccontextmanager
        async def plugin_lifespan(self, ctx):
            happened.append(f"{ctx.name} starts")
            yield
            happened.append(f"{self.name} ends")

    class One(Lived):
        requires = ("deep",)

    class Two(Lived): pass

    class Deep(Lived): pass

    class Store(MemorySessions, Lived):
        def __init__(self, config, ctx):
            MemorySessions.__init__(self, config, ctx)
            self.name = ctx.name

    class Refuses(Lived):
        @asynccontextmanager
        async def plugin_lifespan(self, ctx):
            raise OSError("no such host")
            yield

        @hookimpl
        async def session_created(self, key):
            happened.append("called without a start")

    class Needy(Lived):
        requires = ("refuses",)

    class Hangs(Lived):
        @asynccontextmanager
        async def plugin_lifespan(self, ctx):
            await never.wait()
            yield

    class Sticks(Lived):
        @asynccontextmanager
        async def plugin_lifespan(self, ctx):
            yield
            raise RuntimeError("stuck")

    class Ill:
        answer = "failed"

        def __init__(self, config, ctx): pass

        @hookimpl
        async def plugin_health(self):
            return Health(self.answer, "it is ill")

    class Leans:
        requires = ("ill",)

        def __init__(self, config, ctx): pass

    class Limps(Ill):
        answer = "degraded"

    class Mute(Ill):
        async def plugin_health(self):
            await never.wait()

    class Raises(Ill):
        async def plugin_health(self):
            raise KeyError("health")
"""


@pytest.fixture
def host_of(install, settings_of):
    kinds = ("one", "two", "deep", "refuses", "needy", "hangs", "sticks")
    names = {
        name: f"acme_life:{name.title()}"
        for name in (*kinds, *["ill", "leans", "limps", "mute", "raises"])
    }
    groups = {"satchel.v1.plugins": names, "satchel.v1.session": {"kept": "acme_life:Store"}}
    install("acme-life", groups, CODE)

    def making(*plugins: str, optional: tuple[str, ...] = (), **written: object) -> Host:
        return Host(settings_of(plugins=[*plugins], optional=[*optional], **written))

    return making


def happened() -> list[str]:
    return sys.modules["acme_life"].happened


async def test_plugins_start_in_their_order_and_end_in_reverse(host_of):
    host = host_of("one", "two", session_storage="kept")
    order = ["session_kept", "deep", "one", "two"]

    async with host.started():
        assert [f"{name} starts" for name in order] == happened()

    assert [f"{name} ends" for name in reversed(order)] == happened()[4:]


async def test_a_plugin_that_cannot_start_ends_those_that_did(host_of):
    host = host_of("two", "refuses")

    with pytest.raises(
        StartupError, match=r'"refuses" of acme-life 1\.0 cannot start: OSError: no'
    ):
        async with host.started():
            pass

    assert happened() == ["two starts", "two ends"]


async def test_all_that_cannot_start_are_named_at_once(host_of):
    host = host_of("refuses", "hangs", "needy", start_timeout=0.05)

    with pytest.raises(StartupError) as caught:
        async with host.started():
            pass

    found = str(caught.value)
    assert '"hangs" of acme-life 1.0 cannot start: it was not ready within 0.05 seconds;' in found
    assert "start_timeout" in found
    assert '"needy" requires "refuses".' in found
    assert len(caught.value.problems) == 3


async def test_an_optional_plugin_that_cannot_start_is_never_called(host_of):
    host = host_of("refuses", "needy", "two", optional=("refuses", "needy"))

    async with host.started():
        await host.hooks.session_created(key="1", owner=None)
        report = await host.health()

    assert happened() == ["two starts", "two ends"]
    assert (report.state, len(report.skipped), report.is_ready) == ("degraded", 2, True)


async def test_a_plugin_that_does_not_end_cleanly_hinders_no_other(host_of, caplog):
    host = host_of("two", "sticks")

    async with host.started():
        pass

    assert happened() == ["two starts", "two ends"]
    assert "plugin 'sticks' did not end cleanly" in caplog.text


async def test_a_host_that_is_not_started_is_not_ready(host_of):
    assert not (await host_of().health()).is_ready


@pytest.mark.parametrize(
    ("plugin", "detail"), [("ill", "it is ill"), ("raises", "KeyError: 'health'")]
)
async def test_a_needed_plugin_that_has_failed_keeps_the_host_from_starting(
    host_of, plugin, detail
):
    with pytest.raises(StartupError, match=f'"{plugin}" has failed: {detail}'):
        async with host_of(plugin).started():
            pass


async def test_an_optional_plugin_that_has_failed_degrades_the_host(host_of):
    async with (host := host_of("ill", optional=("ill",))).started():
        report = await host.health()

    assert (report.state, report.plugins[0].health.state) == ("degraded", "failed")


async def test_a_plugin_that_a_needed_one_requires_may_be_told_to_degrade_the_host_only(host_of):
    async with (host := host_of("leans", "ill", optional=("ill",))).started():
        report = await host.health()

    assert report.state == "degraded"


async def test_a_plugin_that_limps_degrades_the_host(host_of):
    async with (host := host_of("limps")).started():
        assert (await host.health()).state == "degraded"


async def test_a_plugin_that_says_nothing_has_failed_in_time(host_of):
    plugins = host_of("mute").plugins

    report = await check_health(plugins.active, plugins.registered, deadline=0.05)

    assert report.state == "failed"
    assert report.plugins[0].health.detail == "There was no answer within 0.05 seconds."


async def test_an_application_starts_and_ends_its_plugins(host_of, settings_of):
    host_of()
    app = web.Application()

    host = satchel.setup(app, settings_of(plugins=["two"]))
    runner = web.AppRunner(app)
    await runner.setup()

    assert app[satchel.HOST] is host
    assert happened() == ["two starts"]
    assert (await host.health()).is_ready
    await runner.cleanup()
    assert happened() == ["two starts", "two ends"]


def test_an_application_is_told_at_once_what_is_wrong(settings_of):
    with pytest.raises(StartupError, match='There is no plugin "nowhere"'):
        satchel.setup(web.Application(), settings_of(plugins=["nowhere"]))
