"""Requiring: what plugins need of each other, and what the host can be without."""

import pytest

from satchel.errors import StartupError
from satchel.plugins.inventory import read_inventory
from satchel.plugins.plugins import Plugins, assemble

PLUGINS = "satchel.v1.plugins"


def problems_of(settings) -> str:
    with pytest.raises(StartupError) as caught:
        assemble(settings, read_inventory())
    return str(caught.value)


def one_of(plugins: Plugins, label: str):
    return next(one.instance for one in plugins.active if one.label == label)


def test_what_a_plugin_requires_is_loaded_once_and_shared(install, settings_of):
    code = """
        class Engine:
            def __init__(self, config, ctx): pass

        class Clock:
            requires = ("engine",)
            def __init__(self, config, ctx):
                self.engine = ctx.plugins["engine"]

        class Mill(Clock):
            requires = ("engine", "clock")
    """
    names = {name: f"acme_works:{name.title()}" for name in ("engine", "clock", "mill")}
    install("acme-works", {PLUGINS: names}, code)

    plugins = assemble(settings_of(plugins=["mill"]), read_inventory())

    order = [one.label for one in plugins.active]
    assert order.index("engine") < order.index("clock") < order.index("mill")
    assert one_of(plugins, "mill").engine is one_of(plugins, "clock").engine


@pytest.mark.parametrize("kind", ["clock", "engine"])
def test_what_a_plugin_requires_may_depend_on_its_options(kind, install, settings_of):
    code = """
        from dataclasses import dataclass

        class Engine:
            def __init__(self, config, ctx): pass

        class Clock(Engine): pass

        class Mill(Engine):
            @dataclass
            class Config:
                driver: str = "engine"

            @classmethod
            def requires(cls, options):
                return (options.get("driver", "engine"),)
    """
    names = {name: f"acme_works:{name.title()}" for name in ("engine", "clock", "mill")}
    install("acme-works", {PLUGINS: names}, code)

    options = {} if kind == "engine" else {"mill": {"driver": kind}}
    plugins = assemble(settings_of(plugins=["mill"], **options), read_inventory())

    labels = {one.label for one in plugins.active}
    assert {"mill", "engine", "clock"} & labels == {"mill", kind}


def test_a_requires_that_raises_names_the_plugin(install, settings_of):
    code = """
        class Plugin:
            @classmethod
            def requires(cls, options):
                raise LookupError("nobody knows")
    """
    install("acme-lost", {PLUGINS: {"lost": "acme_lost:Plugin"}}, code)

    assert "cannot say what it requires: LookupError" in problems_of(settings_of(plugins=["lost"]))


def test_plugins_that_require_each_other_are_refused(install, settings_of):
    code = """
        class Hen:
            requires = ("egg",)

        class Egg:
            requires = ("hen",)
    """
    install("acme-farm", {PLUGINS: {"hen": "acme_farm:Hen", "egg": "acme_farm:Egg"}}, code)

    assert "require each other in a circle" in problems_of(settings_of(plugins=["hen"]))


def test_a_requirement_that_is_missing_names_who_requires_it(install, settings_of):
    code = "class Plugin:\n    requires = ('database2',)\n"
    install("acme-lone", {PLUGINS: {"lone": "acme_lone:Plugin"}}, code)

    found = problems_of(settings_of(plugins=["lone"]))

    assert 'There is no plugin "database2", which lone asks for.' in found
    assert 'Did you mean "database"?' in found


def test_an_optional_plugin_that_fails_is_skipped(install, settings_of):
    install("acme-bad", {PLUGINS: {"bad": "acme_bad:Plugin"}}, "raise RuntimeError('broken')")

    plugins = assemble(settings_of(plugins=["bad"], optional=["bad"]), read_inventory())

    assert "RuntimeError: broken" in str(plugins.skipped[0])
    assert "bad" not in [one.label for one in plugins.active]


def test_an_optional_plugin_that_a_needed_one_requires_is_needed(install, settings_of):
    install("acme-bad", {PLUGINS: {"bad": "acme_bad:Plugin"}}, "raise RuntimeError('broken')")
    install("acme-user", {PLUGINS: {"user": "acme_user:U"}}, "class U:\n    requires = ('bad',)\n")

    settings = settings_of(plugins=["bad", "user"], optional=["bad"])

    assert "RuntimeError: broken" in problems_of(settings)
