"""The order in which the shipped wrappers may stand, and what a host makes of their options."""

import secrets

import pytest

from satchel.errors import StartupError
from satchel.plugins.inventory import read_inventory
from satchel.plugins.plugins import Plugins, assemble
from satchel.settings import settings_from


def assembled(**written: object) -> Plugins:
    sound = {
        "secret": secrets.token_urlsafe(48),
        "session_storage": "satchel_hookspecs:MemorySessions",
        "attachment_storage": "satchel_hookspecs:MemoryAttachments",
        "wrap_quota": {"size": "25 MiB"},
    }
    return assemble(settings_from(sound | written, {}, "satchel.toml"), read_inventory())


def problems_of(**written: object) -> str:
    with pytest.raises(StartupError) as caught:
        assembled(**written)
    return str(caught.value)


@pytest.mark.parametrize(
    "order",
    [["quota", "encrypt"], ["metrics", "quota", "encrypt"], ["quota", "encrypt", "metrics"]],
)
def test_a_quota_stands_outside_of_encryption_and_metrics_where_they_like(order) -> None:
    plugins = assembled(attachment_wrap=order, session_wrap=["metrics"])

    assert {"attachments", "session", "wrappers"} <= {one.kind for one in plugins.active}


def test_a_quota_inside_encryption_keeps_the_host_from_starting() -> None:
    found = problems_of(attachment_wrap=["encrypt", "metrics", "quota"])

    assert '"wrap_quota" stands inside "wrap_encrypt"' in found
    assert 'Name it before "encrypt"' in found


@pytest.mark.parametrize("name", ["encrypt", "quota"])
def test_only_metrics_stand_around_sessions(name: str) -> None:
    assert "stands around none of its hooks" in problems_of(session_wrap=[name])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"size": "much"},
            "The \"size\" of the quota cannot be read: 'much' is no size above zero",
        ),
        ({"size": 0}, "0 is no size above zero"),
        ({"size": "1G", "count": 0}, 'The "count" of the quota must be above zero, not 0'),
        ({"size": "1G", "cuont": 3}, "cuont"),
        ({}, '"[wrap_quota] size" is not set'),
    ],
)
def test_an_option_that_is_no_limit_is_refused_in_words(options, words) -> None:
    assert words in problems_of(attachment_wrap=["quota"], wrap_quota=options)


def test_an_unknown_registry_is_refused_in_words() -> None:
    found = problems_of(attachment_wrap=["metrics"], wrap_metrics={"registry": "mine"})

    assert "'own' or 'default'" in found
