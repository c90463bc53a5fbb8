"""The options that the kit adds to pytest; all else is imported only when a store is named."""

import pytest

SUITES = "satchel_testkit.suites"
MARKERS = (
    "satchel_needs(*names): what the store or its harness has to be able to do",
    "satchel_unless(*names): not for a store that declares this",
    "satchel_plain: looks at the class alone, so it runs without wrappers",
    "satchel_slow: takes seconds",
)

pytest.register_assert_rewrite(SUITES)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what names a store and says how to make it."""
    group = parser.getgroup("satchel", "satchel: prove that a store keeps the contract")
    group.addoption(
        "--satchel-store", action="append", default=[], metavar="KIND:NAME",
        help="prove this installed store: attachments:NAME or session:NAME, where NAME may be "
        "'memory' or module:Class; may be repeated",
    )  # fmt: skip
    group.addoption(
        "--satchel-option", action="append", default=[], metavar="NAME=VALUE",
        help="an option of the store, as in satchel.toml; TABLE.NAME=VALUE for one in a table; "
        "may be repeated",
    )  # fmt: skip
    group.addoption(
        "--satchel-options", metavar="FILE", help="a TOML file with options, as satchel.toml"
    )
    group.addoption(
        "--satchel-harness", metavar="MODULE:CLASS",
        help="make the stores with this harness, not with the one that their distribution names",
    )  # fmt: skip
    group.addoption(
        "--satchel-wrap", action="append", default=[], metavar="NAME",
        help="run with this around the store: plain, passed, counted, enciphered, or installed "
        "wrappers, outermost first, as quota+encrypt; may be repeated; by default the first four",
    )  # fmt: skip
    group.addoption(
        "--satchel-report", metavar="FILE", help="write what passed, failed and was skipped as JSON"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take part in the run when a store is named."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if config.getoption("satchel_store"):
        from satchel_testkit.run import Run

        config.pluginmanager.register(Run(config), "satchel_testkit_run")
    elif any(argument.startswith(SUITES) for argument in config.args):
        raise pytest.UsageError("Name a store: --satchel-store attachments:NAME or session:NAME")
