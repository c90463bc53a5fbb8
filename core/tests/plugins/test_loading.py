"""Loading: exactly what is named, and a sentence for each way in which that can fail."""

import sys

import pytest

from satchel.errors import StartupError
from satchel.plugins.inventory import Inventory, read_inventory
from satchel.plugins.plugins import Plugins, assemble

SESSION = "satchel.v1.session"
PLUGINS = "satchel.v1.plugins"
WRAPPERS = "satchel.v1.wrappers"

STORE = """
    from satchel_hookspecs import MemorySessions

    class Store(MemorySessions):
        pass
"""
PLAIN = """
    class Plugin:
        def __init__(self, config, ctx):
            self.config, self.ctx = config, ctx
"""


def problems_of(settings) -> str:
    with pytest.raises(StartupError) as caught:
        assemble(settings, read_inventory())
    return str(caught.value)


def labels_of(settings) -> list[str]:
    return [one.label for one in assemble(settings, read_inventory()).active]


def one_of(plugins: Plugins, label: str):
    return next(one.instance for one in plugins.active if one.label == label)


def test_a_store_is_found_by_the_name_of_its_entry_point(install, settings_of):
    install("acme-vault", {SESSION: {"vault": "acme_vault:Store"}}, STORE)

    assert labels_of(settings_of(session_storage="vault")) == [
        "session_vault",
        "memory_attachments",
    ]


def test_what_is_not_named_is_not_imported(install, settings_of):
    install("acme-loud", {PLUGINS: {"loud": "acme_loud:Plugin"}}, "raise SystemExit('imported')")

    labels_of(settings_of())

    assert "acme_loud" not in sys.modules


def test_a_class_of_ones_own_needs_no_entry_point(settings_of):
    assert labels_of(settings_of()) == ["memory_sessions", "memory_attachments"]


def test_without_any_store_the_host_says_what_to_install(settings_of):
    settings = settings_of(session_storage=None, attachment_storage=None)

    with pytest.raises(StartupError) as caught:
        assemble(settings, Inventory((), "0.1.0"))

    assert [one.way_out for one in caught.value.problems] == [
        "pip install satchel-session-db",
        "pip install satchel-attachments-filesystem",
    ]
    assert "No session store is installed at all." in str(caught.value)


def test_an_unknown_name_lists_what_is_installed_and_the_nearest(install, settings_of):
    install("acme-vault", {SESSION: {"vault": "acme_vault:Store"}}, STORE)

    found = problems_of(settings_of(session_storage="valut"))

    assert 'There is no session store "valut", which session_storage asks for.' in found
    assert "vault" in found.partition("Installed: ")[2].partition(".")[0]
    assert 'Did you mean "vault"?' in found


def test_two_distributions_with_one_name_are_both_named(install, settings_of):
    install("acme-vault", {SESSION: {"vault": "acme_vault:Store"}}, STORE)
    install("umbra-vault", {SESSION: {"vault": "umbra_vault:Store"}}, STORE, version="2.1")

    found = problems_of(settings_of(session_storage="vault"))

    assert '"vault" comes with both acme-vault 1.0 and umbra-vault 2.1.' in found
    assert "pip uninstall umbra-vault" in found


def test_two_distributions_with_one_name_disturb_nobody_who_asks_for_neither(install, settings_of):
    install("acme-vault", {SESSION: {"vault": "acme_vault:Store"}}, STORE)
    install("umbra-vault", {SESSION: {"vault": "umbra_vault:Store"}}, STORE)

    assert labels_of(settings_of()) == ["memory_sessions", "memory_attachments"]


def test_a_plugin_for_another_contract_is_refused_without_an_import(install, settings_of):
    install("acme-next", {"satchel.v2.session": {"next": "acme_next:Store"}}, "raise SystemExit")

    found = problems_of(settings_of(session_storage="next"))

    assert '"next" of acme-next 1.0 keeps contract v2, and this host speaks v1.' in found
    assert "acme_next" not in sys.modules


def test_a_plugin_for_a_later_contract_is_refused_without_an_import(install, settings_of):
    entry_points = {SESSION: {"late": "acme_late:Store"}}
    install("acme-late", entry_points, "raise SystemExit", requires=("satchel-hookspecs>=7",))

    found = problems_of(settings_of(session_storage="late"))

    assert "needs satchel-hookspecs>=7, but 0.1.0 is installed." in found
    assert "pip install --upgrade acme-late" in found
    assert "acme_late" not in sys.modules


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("import no_such_library", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("raise RuntimeError('broken in two')", "RuntimeError: broken in two"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("assert False, 'never'", "AssertionError: never"),
        ("class Other: pass", "AttributeError: module 'acme_bad' has no attribute 'Store'"),
        ("this is no python", "SyntaxError: invalid syntax"),
    ],
)
def test_a_plugin_that_raises_at_import_is_named_with_its_cause(install, settings_of, code, cause):
    install("acme-bad", {SESSION: {"bad": "acme_bad:Store"}}, code)

    found = problems_of(settings_of(session_storage="bad"))

    assert f'The session store "bad" of acme-bad 1.0 cannot be imported: {cause}' in found


def test_a_library_that_a_plugin_lacks_comes_with_the_plugin(install, settings_of):
    install("acme-bad", {SESSION: {"bad": "acme_bad:Store"}}, "import no_such_library")
    install("acme-own", {SESSION: {"own": "acme_own:Store"}}, "import acme_own.missing")

    lacking, own_fault = (problems_of(settings_of(session_storage=each)) for each in ("bad", "own"))

    assert "No module named 'no_such_library'. pip install acme-bad" in lacking
    assert "Mend or update it" in own_fault


def test_an_entry_point_that_names_no_class_is_refused(install, settings_of):
    install("acme-odd", {SESSION: {"odd": "acme_odd:Store"}}, "Store = 'a text'")

    assert "is no class: acme_odd:Store is a str" in problems_of(settings_of(session_storage="odd"))


def test_a_plugin_that_cannot_be_made_is_named_with_its_cause(install, settings_of):
    code = """
        class Plugin:
            def __init__(self, config, ctx):
                raise OSError("no room")
    """
    install("acme-full", {PLUGINS: {"full": "acme_full:Plugin"}}, code)

    found = problems_of(settings_of(plugins=["full"]))

    assert '"full" of acme-full 1.0 cannot be made: OSError: no room.' in found


def test_everything_that_is_wrong_is_reported_at_once(install, settings_of):
    install("acme-bad", {PLUGINS: {"bad": "acme_bad:Plugin"}}, "raise RuntimeError('broken')")
    install("acme-next", {"satchel.v2.plugins": {"next": "acme_next:Plugin"}})

    found = problems_of(
        settings_of(
            secret="short",
            session_lifetime="soon",
            session_storage="nowhere",
            plugins=["bad", "next"],
            tmep_dir="/tmp",
        )
    )

    assert len(found.splitlines()) == 6


def test_only_what_is_allowed_is_loaded(install, settings_of):
    install("acme-vault", {SESSION: {"vault": "acme_vault:Store"}}, STORE)
    wanted = {"session_storage": "vault"}

    assert labels_of(settings_of(**wanted, allow=["Acme_Vault>=1,<2"]))
    found = problems_of(settings_of(**wanted, allow=["acme-vault>=2", "other"]))
    assert 'is of acme-vault 1.0, which "allow" does not list.' in found
    assert 'Add "acme-vault" to "allow" if you trust it.' in found


def test_each_plugin_has_keys_of_its_own_for_every_secret(install, settings_of):
    names = {"one": "acme_two:Plugin", "two": "acme_two:Plugin"}
    install("acme-two", {PLUGINS: names}, PLAIN)
    first, second = "a1b2c3d4e5f6g7h8" * 2, "h8g7f6e5d4c3b2a1" * 2

    settings = settings_of(plugins=["one", "two"], secret=[first, second])
    plugins = assemble(settings, read_inventory())

    keys = {*one_of(plugins, "one").ctx.keys, *one_of(plugins, "two").ctx.keys}
    assert len(keys) == 4
    assert {32} == {len(key) for key in keys}


def test_a_distribution_with_broken_metadata_disturbs_nobody(install, settings_of):
    install("acme-broken", "[satchel.v1.session\nnonsense without a value\n")

    assert labels_of(settings_of()) == ["memory_sessions", "memory_attachments"]


def test_names_of_entry_points_are_compared_in_small_letters(install, settings_of):
    install("acme-vault", {SESSION: {"Vault": "acme_vault:Store"}}, STORE)

    assert "session_vault" in labels_of(settings_of(session_storage="vAULT"))
