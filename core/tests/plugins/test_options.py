"""Options of plugins: their table, the shared words, and keys that nobody reads."""

import secrets

import pytest

from satchel.errors import StartupError
from satchel.plugins.inventory import read_inventory
from satchel.plugins.plugins import assemble

CODE = """
    from dataclasses import dataclass, field
    from satchel_hookspecs import shared

    @dataclass(frozen=True)
    class Limits:
        count: int = 1

    class Plugin:
        @dataclass(frozen=True)
        class Config:
            temp_dir: str = shared("/none")
            password: str = field(default="", repr=False)
            fast: bool = False
            names: tuple[str, ...] = ()
            limits: Limits = Limits()

            def __post_init__(self):
                if self.fast and not self.names:
                    raise ValueError("fast needs names")

        def __init__(self, config, ctx):
            self.config = config
"""


@pytest.fixture
def acme(install, settings_of):
    install("acme-tool", {"satchel.v1.plugins": {"acme-tool": "acme_tool:Plugin"}}, CODE)

    def settings(environ=None, **written):
        return settings_of(environ, plugins=["acme-tool"], **written)

    return settings


def config_of(settings):
    plugins = assemble(settings, read_inventory())
    return next(one.instance.config for one in plugins.active if one.label == "acme_tool")


def problems_of(settings) -> str:
    with pytest.raises(StartupError) as caught:
        assemble(settings, read_inventory())
    return str(caught.value)


def test_options_stand_in_a_table_of_the_plugins_name(acme):
    table = {"fast": True, "names": ["a"], "limits": {"count": 3}}

    config = config_of(acme(acme_tool=table, temp_dir="/srv"))

    assert (
        config.temp_dir,
        config.fast,
        config.names,
        config.limits.count,
    ) == ("/srv", True, ("a",), 3)


def test_options_can_come_from_the_environment(acme):
    environ = {
        "SATCHEL_TEMP_DIR": "/mnt",
        "SATCHEL__ACME_TOOL__FAST": "no",
        "SATCHEL__ACME_TOOL__NAMES": "a,b",
        "SATCHEL__ACME_TOOL__LIMITS__COUNT": "5",
    }

    config = config_of(acme(environ))

    assert (
        config.temp_dir,
        config.fast,
        config.names,
        config.limits.count,
    ) == ("/mnt", False, ("a", "b"), 5)


def test_an_option_can_be_kept_by_reference(acme):
    assert config_of(acme({"P": "x7"}, acme_tool={"password": {"env": "P"}})).password == "x7"


def test_an_unknown_option_is_refused_with_the_nearest(acme):
    found = problems_of(acme(acme_tool={"fats": True}))

    assert '"[acme_tool] fats" in satchel.toml is not a setting. Did you mean "fast"?' in found


def test_an_unknown_option_deep_inside_is_refused(acme):
    found = problems_of(acme(acme_tool={"limits": {"cuont": 3}}))

    assert '"[acme_tool.limits] cuont" in satchel.toml is not a setting.' in found


def test_an_unknown_option_in_a_variable_names_the_variable(acme):
    found = problems_of(acme({"SATCHEL__ACME_TOOL__FATS": "1"}))

    assert "in the variable SATCHEL__ACME_TOOL__FATS is not a setting" in found


def test_a_mistyped_option_names_its_place(acme):
    found = problems_of(acme(acme_tool={"limits": {"count": "many"}, "fast": 1}))

    assert '"[acme_tool.limits] count" in satchel.toml is "many", but it must be a whole' in found
    assert '"[acme_tool] fast" in satchel.toml is 1, but it must be true or false' in found


def test_what_a_config_says_of_itself_is_passed_on(acme):
    assert "Fast needs names." in problems_of(acme(acme_tool={"fast": True}))


def test_a_password_of_a_wrong_type_is_not_repeated(acme):
    found = problems_of(acme(acme_tool={"password": 123456}))

    assert "a secret that is not shown" in found
    assert "123456" not in found


def test_a_shared_word_in_a_table_is_shown_its_place(acme):
    found = problems_of(acme(acme_tool={"temp_dir": "/srv"}))

    assert 'Write "temp_dir" at the top' in found


def test_a_value_where_a_table_belongs_is_refused(acme):
    assert '"acme_tool" in satchel.toml is no table.' in problems_of(acme(acme_tool=3))


def test_an_unknown_word_at_the_top_is_refused_with_the_nearest(acme):
    found = problems_of(acme(tmep_dir="/srv"))

    assert '"tmep_dir" in satchel.toml is not a setting. Did you mean "temp_dir"?' in found


def test_an_unknown_table_is_refused(acme):
    assert '"acme_tol" in satchel.toml is not a setting.' in problems_of(acme(acme_tol={"a": 1}))


def test_a_well_known_word_that_nobody_reads_is_a_warning(acme):
    plugins = assemble(acme(memcache_hosts=["a:1"]), read_inventory())

    assert 'No active plugin reads "memcache_hosts" in satchel.toml.' in str(plugins.warnings[0])


def test_the_table_of_an_installed_plugin_that_is_not_active_is_a_warning(install, settings_of):
    install("acme-tool", {"satchel.v1.plugins": {"acme-tool": "acme_tool:Plugin"}}, CODE)

    plugins = assemble(settings_of(acme_tool={"fast": False}), read_inventory())

    assert 'No active plugin reads "acme_tool"' in str(plugins.warnings[0])


def test_the_table_of_a_plugin_that_cannot_be_loaded_is_no_second_problem(install, settings_of):
    install("acme-bad", {"satchel.v1.plugins": {"bad": "acme_bad:P"}}, "raise RuntimeError")

    assert len(problems_of(settings_of(plugins=["bad"], bad={"x": 1})).splitlines()) == 1


def test_a_plugin_without_options_takes_none(install, settings_of):
    code = "class P:\n    def __init__(self, config, ctx): self.config = config\n"
    install("acme-bare", {"satchel.v1.plugins": {"acme_tool": "acme_bare:P"}}, code)
    settings = {"plugins": ["acme_tool"]}

    assert config_of(settings_of(**settings)) is None
    assert "is not a setting" in problems_of(settings_of(**settings, acme_tool={"x": 1}))


@pytest.mark.parametrize("word", ["secret", "smtp_pass"])
def test_a_plugin_cannot_read_the_hosts_own_secrets(install, settings_of, word):
    code = f"""
        from dataclasses import dataclass
        from satchel_hookspecs import shared

        class P:
            @dataclass(frozen=True)
            class Config:
                {word}: str = shared("")
    """
    install("acme-spy", {"satchel.v1.plugins": {"spy": "acme_spy:P"}}, code)

    found = problems_of(settings_of(plugins=["spy"]))

    assert f'"spy" wants to read "{word}", which is the host\'s own.' in found


@pytest.mark.parametrize("config", ["Config = 3", "class Config: pass"])
def test_a_config_that_is_no_dataclass_is_refused(install, settings_of, config):
    install("acme-odd", {"satchel.v1.plugins": {"odd": "acme_odd:P"}}, f"class P:\n    {config}\n")

    assert 'The Config of "odd" is no dataclass.' in problems_of(settings_of(plugins=["odd"]))


def test_a_config_with_unreadable_annotations_is_refused(install, settings_of):
    code = """
        from dataclasses import dataclass

        class P:
            @dataclass(frozen=True)
            class Config:
                size: "Nowhere" = 1
    """
    install("acme-odd", {"satchel.v1.plugins": {"odd": "acme_odd:P"}}, code)

    found = problems_of(settings_of(plugins=["odd"], odd={"size": 2}))

    assert 'The Config of "odd" cannot be used: NameError' in found


def test_a_required_option_that_is_missing_is_named(install, settings_of):
    code = """
        from dataclasses import dataclass

        class P:
            @dataclass(frozen=True)
            class Config:
                bucket: str
    """
    install("acme-s3", {"satchel.v1.plugins": {"s3": "acme_s3:P"}}, code)

    assert '"[s3] bucket" is not set.' in problems_of(settings_of(plugins=["s3"]))


def test_values_are_never_taken_for_the_secret_of_the_host(acme):
    assert config_of(acme(secret=secrets.token_urlsafe(48))).password == ""
