"""The command line: what it says, in lines and in JSON, and with which code it ends."""

import json
import os
import secrets
import sys

import pytest

from satchel.commands import main

PLUGINS = "satchel.v1.plugins"
MEMORY = """
session_storage = "satchel_hookspecs:MemorySessions"
attachment_storage = "satchel_hookspecs:MemoryAttachments"
"""


@pytest.fixture
def satchel(tmp_path, monkeypatch, capsys):
    """Run ``satchel`` beside a settings file with the memory stores and these lines."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SATCHEL_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "satchel.toml"

    def running(*arguments: str, settings: str = "") -> tuple[int, str, str]:
        path.write_text(f'secret = "{secrets.token_urlsafe(48)}"\n{MEMORY}{settings}')
        path.chmod(0o600)
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return running


def test_good_settings_are_said_to_be_good(satchel):
    assert satchel("config", "check") == (0, "The settings in satchel.toml are good.\n", "")


def test_bad_settings_are_listed_with_the_way_out(satchel):
    code, out, _ = satchel("config", "check", settings='sesion_lifetime = 3\nplugins = ["x"]\n')

    assert code == 1
    assert 'error: There is no plugin "x"' in out
    assert '  -> Did you mean "session_lifetime"?' in out


def test_problems_are_also_told_in_json(satchel):
    code, out, _ = satchel("config", "check", "--json", settings="session_lifetime = 'soon'\n")

    (problem,) = json.loads(out)["problems"]
    assert code == 1
    assert problem["way_out"] == "Correct it in satchel.toml."


def test_the_schema_has_the_options_of_plugins(satchel, install):
    code = """
        from dataclasses import dataclass
        from satchel_hookspecs import shared

        class P:
            @dataclass(frozen=True)
            class Config:
                bucket: str = "b"
                temp_dir: str = shared("/x")
    """
    install("acme-s3", {PLUGINS: {"s3": "acme_s3:P"}}, code)

    _, out, _ = satchel("config", "schema", settings='plugins = ["s3"]\n')

    properties = json.loads(out)["properties"]
    assert {"bucket"} == properties["s3"]["properties"].keys()
    assert {"temp_dir", "session_storage", "secret"} <= properties.keys()


def test_another_settings_file_can_be_named(satchel, tmp_path, monkeypatch):
    (tmp_path / "other.toml").write_text("product_name = 3\n")

    _, out, _ = satchel("config", "check", "--config", "other.toml")
    monkeypatch.setenv("SATCHEL_CONFIG", "other.toml")
    _, again, _ = satchel("config", "check")

    assert '"product_name" in other.toml is 3' in out
    assert out == again


def test_plugins_are_listed_without_an_import(satchel, install):
    install("acme-bad", {PLUGINS: {"bad": "acme_bad:P"}}, "raise SystemExit(5)")
    install("acme-next", {"satchel.v2.plugins": {"next": "acme_next:P"}})

    code, out, _ = satchel("plugins", "--json", settings='plugins = ["bad", "none"]\n')

    rows = {row["plugin"]: row for row in json.loads(out)}
    assert code == 0
    assert (rows["bad"]["enabled_by"], rows["bad"]["active"]) == ("plugins", True)
    assert "keeps contract v2" in rows["next"]["why"]
    assert 'There is no plugin "none"' in rows["none"]["why"]
    assert rows["memory_sessions"]["active"]
    assert rows["session_db"]["why"] == "No setting names it."
    assert "acme_bad" not in sys.modules


def test_a_plugin_that_a_package_requires_is_listed_as_enabled(satchel, install):
    install("acme-engine", {PLUGINS: {"engine": "acme_engine:P"}})
    requires = ("satchel-hookspecs>=0.1", "acme-engine>=1")
    install("acme-mill", {PLUGINS: {"mill": "acme_mill:P"}}, requires=requires)

    _, out, _ = satchel("plugins", "--json", settings='plugins = ["mill"]\n')

    rows = {row["plugin"]: row for row in json.loads(out)}
    assert (rows["engine"]["enabled_by"], rows["engine"]["active"]) == ("mill", True)


def test_plugins_are_listed_although_the_settings_are_missing(satchel):
    code, out, err = satchel("plugins", "--config", "none.toml")

    assert code == 0
    assert "session_db" in out
    assert 'There is no settings file "none.toml".' in err


def test_the_doctor_finds_nothing_where_all_is_well(satchel):
    code, out, _ = satchel("doctor", "--json")

    assert (code, json.loads(out)["problems"]) == (0, [])


def test_the_doctor_names_what_is_wrong_and_what_heals_it(satchel):
    code, out, _ = satchel("doctor", settings='record_storage = "cassette"\n')

    assert code == 1
    assert 'error: There is no session store "cassette"' in out
    assert "Installed: db" in out


def test_the_doctor_names_packages_that_stand_in_each_others_way(satchel, install):
    install("acme-one", {PLUGINS: {"same": "acme_one:P"}})
    install("acme-two", {PLUGINS: {"same": "acme_two:P"}})

    code, out, _ = satchel("doctor")

    assert code == 0
    assert out.count('"same" comes with both acme-one 1.0 and acme-two 1.0.') == 1


WRAPPERS = """
    from satchel_hookspecs import AttachmentWrapper

    class Scan(AttachmentWrapper):
        stage = "scan"

    class Encipher(AttachmentWrapper):
        stage = "encipher"
"""


def test_the_doctor_refuses_a_scanner_inside_of_encryption(satchel, install):
    points = {"scan": "acme_wraps:Scan", "encipher": "acme_wraps:Encipher"}
    install("acme-wraps", {"satchel.v1.wrappers": points}, WRAPPERS)

    code, out, _ = satchel("doctor", settings='attachment_wrap = ["encipher", "scan"]\n')

    assert code == 1
    assert '"wrap_scan" stands inside "wrap_encipher"' in out
    assert '-> Name it before "encipher" in "attachment_wrap"' in out
    assert satchel("doctor", settings='attachment_wrap = ["scan", "encipher"]\n')[0] == 0


ILL = """
    from satchel_hookspecs import Health, hookimpl

    class P:
        def __init__(self, config, ctx): pass

        @hookimpl
        async def plugin_health(self):
            return Health("{state}", "the disk is slow")
"""


@pytest.mark.parametrize(("state", "expected"), [("ok", 0), ("degraded", 0), ("failed", 1)])
def test_the_doctor_asks_plugins_when_told_to(satchel, install, state, expected):
    install("acme-ill", {PLUGINS: {"ill": "acme_ill:P"}}, ILL.format(state=state))
    settings = 'plugins = ["ill"]\n'

    code, out, _ = satchel("doctor", "--live", settings=settings)

    assert expected == code
    assert "the disk is slow" in out
    assert satchel("doctor", settings=settings)[0] == 0


def test_the_doctor_says_when_a_store_cannot_name_its_medium(satchel, install):
    code = """
        class P:
            def __init__(self, config, ctx): pass

            def medium(self):
                raise OSError("the mount is gone")
    """
    install("acme-lost", {PLUGINS: {"lost": "acme_lost:P"}}, code)

    code, out, _ = satchel("doctor", "--live", settings='plugins = ["lost"]\n')

    assert code == 0
    assert "warning: The other nodes could not be looked at: the mount is gone" in out


def test_a_hook_is_shown_with_its_promise_and_who_takes_part(satchel):
    code, out, _ = satchel("hooks", "show", "session_read")

    assert code == 0
    assert "session_read(key: str) -> SessionRecord | None" in out
    assert "kind: store" in out
    assert "Never extends the time to live." in out
    assert "1. memory_sessions" in out


def test_without_a_name_all_hooks_are_listed(satchel):
    _, out, _ = satchel("hooks", "show", "--json")

    assert {"session_read", "attachment_get", "plugin_health"} <= {
        hook["name"] for hook in json.loads(out)
    }


def test_a_hook_is_shown_although_the_host_does_not_start(satchel):
    code, out, err = satchel("hooks", "show", "session_read", settings='plugins = ["none"]\n')

    assert code == 0
    assert "nobody" in out
    assert 'There is no plugin "none"' in err


def test_an_unknown_hook_is_named_with_the_nearest(satchel):
    code, out, err = satchel("hooks", "show", "session_raed")

    assert (code, out) == (1, "")
    assert 'There is no hook "session_raed". Did you mean "session_read"?' in err


def test_a_sweep_says_what_it_deleted(satchel):
    code, out, _ = satchel("gc", "--json")

    assert (code, json.loads(out)) == (0, {"records": 0, "sessions": 0, "attachments": 0})


def test_a_sweep_without_a_host_says_why(satchel):
    code, out, err = satchel("gc", settings='plugins = ["none"]\n')

    assert (code, out) == (1, "")
    assert 'satchel: There is no plugin "none"' in err


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["hooks"], ["gc", "--frobnicate"]])
def test_bad_usage_ends_with_two(satchel, arguments):
    code, out, err = satchel(*arguments)

    assert (code, out) == (2, "")
    assert "usage: satchel" in err


def test_help_is_no_error(satchel):
    assert satchel("--help")[0] == 0


def command(install, code: str) -> None:
    install("acme-cmd", {"satchel.v1.commands": {"wave": "acme_cmd:wave"}}, code)


def test_an_installed_command_gets_the_rest_of_the_line(satchel, install):
    command(install, "def wave(rest):\n    print(rest)\n    return 7\n")

    assert satchel("wave", "--high", "3") == (7, "['--high', '3']\n", "")
    assert "from acme-cmd" in satchel("--help")[1]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise RuntimeError('broken')", "is broken: RuntimeError: broken"),
        ("wave = 3", "cannot be called"),
        ("def wave(rest): raise ValueError('no such\\n port')", "ValueError: no such port"),
    ],
)
def test_an_installed_command_that_fails_says_so_in_a_sentence(satchel, install, code, said):
    command(install, code)

    ended, out, err = satchel("wave")

    assert (ended, out) == (1, "")
    assert said in err
    assert "Traceback" not in err


def test_an_installed_command_may_leave_with_its_own_code(satchel, install):
    command(install, "def wave(rest): raise SystemExit(2)\n")

    assert satchel("wave")[0] == 2


def test_a_command_that_two_packages_bring_is_refused(satchel, install):
    command(install, "def wave(rest): return 0\n")
    install("acme-dmc", {"satchel.v1.commands": {"wave": "acme_dmc:wave"}})

    code, _, err = satchel("wave")

    assert code == 1
    assert 'The command "wave" comes with both acme-cmd 1.0 and acme-dmc 1.0.' in err
