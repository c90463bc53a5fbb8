"""The contract is the one that was frozen, and its freezer knows what breaks a plugin."""

import copy
from collections.abc import Callable

import pytest
from tools.contract_api import UPDATE, Api, breaks, changes, frozen_api, read_api

import satchel_hookspecs

Change = Callable[[Api], object]


def test_the_contract_is_the_frozen_one() -> None:
    found = "\n".join(changes(frozen_api(), read_api()))

    assert found == "", f"The contract changed:\n{found}\nIf that is meant, type: {UPDATE}"


def test_every_public_name_is_frozen() -> None:
    assert sorted(satchel_hookspecs.__all__) == sorted(frozen_api()["names"])


def test_the_seven_primitives_of_both_stores_are_frozen() -> None:
    primitives = frozen_api()["primitives"]

    assert {name: len(lines) for name, lines in primitives.items()} == {
        "AttachmentStore": 7,
        "SessionStore": 7,
    }


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda api: api["hooks"].pop("attachment_get"), "attachment_get is gone."),
        (lambda api: api["names"].pop("Conflict"), "Conflict is gone."),
        (
            lambda api: api["hooks"]["session_gc"].__setitem__(0, "def session_gc(self)"),
            "session_gc lost or changed: "
            "@hookspec('store') async def session_gc(self, limit: int) -> GcReport",
        ),
        (lambda api: api["names"]["Usage"].append("hue: str"), "Usage needs a new field: hue: str"),
        (lambda api: api["names"]["Usage"].reverse(), "Usage has its fields in another order."),
        (
            lambda api: api["primitives"]["SessionStore"].append("def _x(self)"),
            "SessionStore has a new primitive, which no store has written: def _x(self)",
        ),
        (
            lambda api: api["names"]["PlatformSession"].append("def x(self)"),
            "PlatformSession has a new method, which no plugin has written: def x(self)",
        ),
    ],
)
def test_what_takes_from_plugins_or_asks_more_of_them_breaks(change: Change, sentence: str) -> None:
    changed = copy.deepcopy(frozen_api())
    change(changed)

    assert sentence in breaks(frozen_api(), changed)


@pytest.mark.parametrize(
    "change",
    [
        lambda api: api["hooks"].update(attachment_new=["def attachment_new(self)"]),
        lambda api: api["names"].update(Colour=["class Colour"]),
        lambda api: api["names"]["Usage"].append("hue: str = ''"),
        lambda api: api["names"]["Block"].append("def halved(self) -> 'Block'"),
    ],
)
def test_what_only_adds_breaks_nothing_and_is_noticed(change: Change) -> None:
    changed = copy.deepcopy(frozen_api())
    change(changed)

    assert breaks(frozen_api(), changed) == []
    assert changes(frozen_api(), changed) != []
