"""Registering: one store a slot, wrappers where the settings say, own hooks of plugins."""

import pytest

from satchel.errors import StartupError
from satchel.plugins.inventory import read_inventory
from satchel.plugins.plugins import assemble
from satchel.plugins.relay import chain
from satchel_hookspecs import ABSENT

WRAPPERS = """
    from satchel_hookspecs import hookimpl

    class Outer:
        def __init__(self, config, ctx):
            self.name = ctx.name

        @hookimpl(around=True)
        async def session_read(self, key, *, call_next):
            return self.name, await call_next()

    class Inner(Outer):
        pass

    class Idle:
        def __init__(self, config, ctx): pass
"""


@pytest.fixture
def wrapped(install, settings_of):
    names = {name: f"acme_wraps:{name.title()}" for name in ("outer", "inner", "idle")}
    install("acme-wraps", {"satchel.v1.wrappers": names}, WRAPPERS)
    return settings_of


def made(settings):
    return assemble(settings, read_inventory())


def problems_of(settings) -> str:
    with pytest.raises(StartupError) as caught:
        made(settings)
    return str(caught.value)


def plugin(install, settings_of, code: str, **written):
    install("acme-plug", {"satchel.v1.plugins": {"plug": "acme_plug:Plug"}}, code)
    return settings_of(plugins=["plug"], **written)


async def test_wrappers_stand_in_the_order_of_the_settings(wrapped):
    for order in (["outer", "inner"], ["inner", "outer"]):
        hooks = made(wrapped(session_wrap=order)).hooks

        expected = (f"wrap_{order[0]}", (f"wrap_{order[1]}", None))
        assert expected == await hooks.session_read(key="0" * 64)


async def test_wrappers_of_sessions_stand_around_the_records_too(wrapped):
    plugins = made(wrapped(session_wrap=["outer"]))

    assert await plugins.records.session_read(key="0" * 64) == ("wrap_outer", None)


async def test_records_are_kept_with_the_sessions(settings_of):
    plugins = made(settings_of())

    await plugins.records.session_write(key="1" * 64, data=b"x", expect=ABSENT, ttl=60, owner=None)

    assert (await plugins.hooks.session_read(key="1" * 64)).data == b"x"
    assert not plugins.has_record_store


async def test_records_can_be_kept_in_a_store_of_their_own(install, settings_of):
    code = "from satchel_hookspecs import MemorySessions\nclass Store(MemorySessions): pass\n"
    install("acme-vault", {"satchel.v1.session": {"vault": "acme_vault:Store"}}, code)
    plugins = made(settings_of(record_storage="vault"))

    await plugins.records.session_write(key="1" * 64, data=b"x", expect=ABSENT, ttl=60, owner=None)

    assert await plugins.hooks.session_read(key="1" * 64) is None
    assert plugins.has_record_store


def test_a_wrapper_that_wraps_nothing_is_refused(wrapped):
    found = problems_of(wrapped(session_wrap=["idle"], attachment_wrap=["outer"]))

    assert '"wrap_idle" is in "session_wrap" but stands around none of its hooks.' in found
    assert '"wrap_outer" is in "attachment_wrap" but stands around none of its hooks.' in found


def test_a_plugin_that_would_wrap_without_being_asked_is_refused(install, settings_of):
    code = """
        from satchel_hookspecs import hookimpl

        class Plug:
            def __init__(self, config, ctx): pass

            @hookimpl(around=True)
            async def session_read(self, key, *, call_next):
                return None
    """

    found = problems_of(plugin(install, settings_of, code))

    assert '"plug" wants to stand around hooks, but it is no wrapper.' in found


def test_a_second_store_for_one_job_is_refused(install, settings_of):
    code = """
        from satchel_hookspecs import hookimpl

        class Plug:
            def __init__(self, config, ctx): pass

            @hookimpl
            async def session_read(self, key):
                return None
    """

    found = problems_of(plugin(install, settings_of, code))

    assert '"plug" implements session_read, which is for the store "memory_sessions"' in found


def test_a_store_that_lacks_hooks_is_refused(install, settings_of):
    code = "class Store:\n    def __init__(self, config, ctx): pass\n"
    install("acme-half", {"satchel.v1.attachments": {"half": "acme_half:Store"}}, code)

    found = problems_of(settings_of(attachment_storage="half"))

    assert 'The store "attachments_half" of acme-half 1.0 lacks attachment_delete' in found


def test_a_hook_with_wrong_arguments_is_refused(install, settings_of):
    code = """
        from satchel_hookspecs import hookimpl

        class Plug:
            def __init__(self, config, ctx): pass

            @hookimpl
            async def session_created(self, key, colour):
                return None
    """

    found = problems_of(plugin(install, settings_of, code))

    assert '"plug" of acme-plug 1.0 does not fit the contract' in found
    assert "colour" in found


def test_an_unknown_hook_is_refused(install, settings_of):
    code = """
        from satchel_hookspecs import hookimpl

        class Plug:
            def __init__(self, config, ctx): pass

            @hookimpl
            async def session_craeted(self, key):
                return None
    """

    assert "session_craeted" in problems_of(plugin(install, settings_of, code))


OWN = """
    from satchel_hookspecs import hookimpl, hookspec

    class Specs:
        @hookspec("gather")
        async def {name}(self, text):
            '''Search.'''

    class Plug:
        def __init__(self, config, ctx): pass

        @hookimpl
        def plugin_hookspecs(self):
            return {answer}

        @hookimpl
        async def {name}(self, text):
            return text.upper()
"""


async def test_a_plugin_can_bring_hooks_of_its_own(install, settings_of):
    code = OWN.format(name="plug_search", answer="Specs")
    plugins = made(plugin(install, settings_of, code))

    assert await plugins.hooks.plug_search(text="abc") == ["ABC"]


@pytest.mark.parametrize(
    ("name", "answer", "wrong"),
    [
        ("search", "Specs", '"plug" may not declare the hook "search". Call it "plug_…".'),
        ("plug_search", "3", '"plug" has a plugin_hookspecs that returns no class of hooks.'),
        (
            "plug_search",
            "1 / 0",
            'The hooks that "plug" declares cannot be used: ZeroDivisionError',
        ),
    ],
)
def test_hooks_of_its_own_bear_the_name_of_the_plugin(install, settings_of, name, answer, wrong):
    code = OWN.format(name=name, answer=answer)

    assert wrong in problems_of(plugin(install, settings_of, code))


PLATFORM = """
    from satchel_hookspecs import hookimpl

    class Native:
        capabilities = frozenset({"platform"})

        def __init__(self, config, ctx): pass

        @hookimpl
        async def session_platform(self, request):
            return request
"""


def test_a_platform_that_keeps_sessions_keeps_no_records(install, settings_of):
    install("acme-native", {"satchel.v1.session": {"own": "acme_native:Native"}}, PLATFORM)

    found = problems_of(settings_of(session_storage="own"))

    assert 'Name another session store in "record_storage".' in found


def test_a_platform_keeps_sessions_beside_a_store_for_records(install, settings_of):
    install("acme-native", {"satchel.v1.session": {"own": "acme_native:Native"}}, PLATFORM)
    store = "satchel_hookspecs:MemorySessions"

    assert made(settings_of(session_storage="own", record_storage=store)).is_on_platform


def test_plugins_are_asked_in_the_order_of_the_settings(install, settings_of):
    code = """
        from satchel_hookspecs import hookimpl

        class One:
            def __init__(self, config, ctx): pass

            @hookimpl
            async def session_created(self, key): pass

        class Two(One): pass
    """
    names = {"one": "acme_pair:One", "two": "acme_pair:Two"}
    install("acme-pair", {"satchel.v1.plugins": names}, code)

    for order in (["one", "two"], ["two", "one"]):
        manager = made(settings_of(plugins=order)).registered.manager

        assert ([], order) == chain(manager.hook.session_created, ())
