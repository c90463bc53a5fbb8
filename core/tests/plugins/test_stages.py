"""Stages: who looks at bytes stands outside of who enciphers them."""

import pytest

from satchel.errors import StartupError
from satchel.plugins.inventory import read_inventory
from satchel.plugins.plugins import assemble

WRAPPERS = """
    from satchel_hookspecs import AttachmentWrapper

    class Observe(AttachmentWrapper):
        stage = "observe"

    class Limit(AttachmentWrapper):
        stage = "limit"

    class Scan(AttachmentWrapper):
        stage = "scan"

    class Encipher(AttachmentWrapper):
        stage = "encipher"

    class Free(AttachmentWrapper):
        pass

    class Odd(AttachmentWrapper):
        stage = ["scna"]
"""
NAMES = ("observe", "limit", "scan", "encipher", "free", "odd")


@pytest.fixture
def problems_of(install, settings_of):
    """What keeps a host with these wrappers from starting, outermost first."""
    points = {name: f"acme_wraps:{name.title()}" for name in NAMES}
    install("acme-wraps", {"satchel.v1.wrappers": points}, WRAPPERS)

    def found(*order: str) -> str:
        with pytest.raises(StartupError) as caught:
            assemble(settings_of(attachment_wrap=list(order)), read_inventory())
        return str(caught.value)

    found.settings_of = settings_of
    return found


@pytest.mark.parametrize(
    "order",
    [
        ("limit", "scan", "encipher"),
        ("scan", "limit", "encipher", "observe", "free"),
        ("observe", "free", "encipher"),
        ("free", "scan", "free"),
        ("encipher",),
        (),
    ],
)
def test_an_order_that_shows_clear_bytes_to_all_is_accepted(problems_of, order):
    settings = problems_of.settings_of(attachment_wrap=list(order))

    assert assemble(settings, read_inventory()).registered


@pytest.mark.parametrize("stage", ["scan", "limit"])
@pytest.mark.parametrize("between", [(), ("observe", "free")])
def test_who_looks_at_enciphered_bytes_is_refused(problems_of, stage, between):
    found = problems_of("encipher", *between, stage)

    assert found == (
        f'"wrap_{stage}" stands inside "wrap_encipher", so it would see enciphered bytes only.'
        f' Name it before "encipher" in "attachment_wrap"; the first is the outermost.'
    )


def test_all_that_stand_wrong_are_named_at_once(problems_of):
    found = problems_of("encipher", "limit", "scan")

    assert found.count("stands inside") == 2


def test_an_unknown_stage_is_refused(problems_of):
    found = problems_of("odd")

    assert "\"wrap_odd\" has the unknown stage ['scna']." in found
    assert "observe, limit, scan, encipher" in found
