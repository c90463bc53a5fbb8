"""The relay: kinds, wrappers, and markers that are inherited."""

import logging

import pytest

from satchel.plugins.registry import PluginManager
from satchel.plugins.relay import Hooks, SlotConflict, compile_hooks
from satchel_hookspecs import hookimpl, hookspec


class Specs:
    @hookspec("store")
    async def keep(self, key, data=b"none"):
        """One store."""

    @hookspec("first")
    async def find(self, key):
        """First answer."""

    @hookspec("gather")
    async def count(self):
        """All answers."""

    @hookspec("event")
    async def kept(self, key):
        """Told."""


class Store:
    @hookimpl
    async def keep(self, key, data):
        return key, data


def hooks_of(*plugins, order=()) -> Hooks:
    manager = PluginManager()
    manager.add_hookspecs(Specs)
    for plugin in plugins:
        manager.register(plugin, type(plugin).__name__)
    assert manager.problems() == []
    return compile_hooks(manager, {Specs: order})


def problems_of(plugin) -> str:
    manager = PluginManager()
    manager.add_hookspecs(Specs)
    manager.register(plugin, "it")
    return "\n".join(manager.problems())


async def test_an_override_without_a_decorator_stays_a_hook():
    class Extended(Store):
        async def keep(self, key, data):
            return "mine", *await super().keep(key, data)

    assert await hooks_of(Extended()).keep(key="a", data=b"1") == ("mine", "a", b"1")


async def test_a_default_of_the_spec_is_filled_in():
    assert await hooks_of(Store()).keep(key="a") == ("a", b"none")


async def test_a_wrong_argument_is_refused_by_name():
    with pytest.raises(TypeError, match="keep takes"):
        await hooks_of(Store()).keep(key="a", date=b"1")


async def test_none_from_a_store_is_an_ordinary_answer():
    class Empty:
        @hookimpl
        async def keep(self, key):
            return None

    assert await hooks_of(Empty()).keep(key="a") is None


def test_two_stores_for_one_hook_are_refused():
    class Other(Store):
        pass

    with pytest.raises(SlotConflict, match="several stores"):
        hooks_of(Store(), Other())


async def test_a_store_that_is_missing_is_named_when_called():
    with pytest.raises(SlotConflict, match="keep"):
        await hooks_of().keep(key="a")


async def test_the_first_answer_wins_and_none_declines():
    class Decliner:
        @hookimpl
        async def find(self, key):
            return None

    class Finder:
        @hookimpl
        async def find(self, key):
            return 0 if key == "a" else None

    hooks = hooks_of(Finder(), Decliner())

    assert await hooks.find(key="a") == 0
    assert await hooks.find(key="b") is None


async def test_an_event_that_fails_is_logged_and_the_others_are_told(caplog):
    told = []

    class Listener:
        @hookimpl
        async def kept(self, key):
            told.append(key)

    class Broken:
        @hookimpl
        async def kept(self, key):
            raise OSError("no ear")

    with caplog.at_level(logging.ERROR):
        await hooks_of(Listener(), Broken()).kept(key="a")

    assert told == ["a"]
    assert "'Broken' failed in the event 'kept'" in caplog.text


class Outer:
    @hookimpl(around=True)
    async def keep(self, key, data, *, call_next):
        return "outer", await call_next(data=data + b"o")


class Inner:
    @hookimpl(around=True)
    async def keep(self, data, *, call_next):
        return "inner", await call_next(data=data + b"i")


async def test_wrappers_stand_in_the_operators_order_and_replace_arguments():
    hooks = hooks_of(Inner(), Store(), Outer(), order=("Outer", "Inner"))

    assert await hooks.keep(key="a", data=b"") == ("outer", ("inner", ("a", b"oi")))


async def test_a_wrapper_that_is_not_in_the_order_does_nothing():
    assert await hooks_of(Store(), Outer()).keep(key="a", data=b"") == ("a", b"")


async def test_a_wrapper_catches_what_the_store_raises_and_may_ask_twice():
    class Flaky:
        def __init__(self):
            self.calls = 0

        @hookimpl
        async def keep(self, key, data):
            self.calls += 1
            if self.calls == 1:
                raise OSError("once")
            return self.calls

    class Retry:
        @hookimpl(around=True)
        async def keep(self, *, call_next):
            try:
                return await call_next()
            except OSError:
                return await call_next()

    assert await hooks_of(Flaky(), Retry(), order=("Retry",)).keep(key="a") == 2


@pytest.mark.parametrize(
    ("plugin", "said"),
    [
        (
            type("P", (), {"fimd": hookimpl(Store.keep)})(),
            "unknown hook 'fimd'; did you mean 'find'",
        ),
        (type("P", (), {"find": hookimpl(lambda self, key: 1)})(), "has to be 'async def'"),
        (type("P", (), {"find": lambda self, key: 1})(), "'find' without @hookimpl"),
        (type("P", (Store,), {"keep": lambda self, key: 1})(), "has to be 'async def'"),
        (type("P", (Store,), {"keep": staticmethod(lambda key: 1)})(), "has to be 'async def'"),
    ],
)
def test_what_pluggy_finds_at_a_call_only_is_found_at_start(plugin, said):
    assert said in problems_of(plugin)


async def test_a_wrapper_may_ask_which_store_answers():
    class Curious:
        @hookimpl(around=True)
        async def keep(self, key, *, call_next, store):
            return store, key, await call_next()

        @hookimpl(around=True)
        async def find(self, *, call_next, store):
            return store

    hooks = hooks_of(Store(), Curious(), order=["Curious"])

    assert await hooks.keep(key="a", data=b"1") == ("Store", "a", ("a", b"1"))
    assert await hooks.find(key="a") == ""


def test_another_argument_by_keyword_only_is_found_at_start():
    class Curious:
        @hookimpl(around=True)
        async def keep(self, *, call_next, data):
            return data

    class Plain:
        @hookimpl
        async def keep(self, key, *, store):
            return store

    assert "takes 'data' by keyword only" in problems_of(Curious())
    assert "takes 'store' by keyword only" in problems_of(Plain())


def test_a_wrapper_without_call_next_is_found_at_start():
    class Wrapper:
        @hookimpl(around=True)
        async def keep(self, key):
            return key

    assert "needs the keyword-only argument 'call_next'" in problems_of(Wrapper())


def test_a_keyword_only_contract_argument_is_found_at_start():
    class Plugin:
        @hookimpl
        async def keep(self, *, key):
            return key

    assert "takes 'key' by keyword only" in problems_of(Plugin())


def test_a_default_in_a_plugin_is_found_at_start():
    class Plugin:
        @hookimpl
        async def keep(self, key, data=b"mine"):
            return key

    assert "gives 'data' a default" in problems_of(Plugin())


async def test_a_hook_set_to_none_in_a_subclass_is_opted_out():
    class Without(Store):
        keep = None

    with pytest.raises(SlotConflict):
        await hooks_of(Without()).keep(key="a")
