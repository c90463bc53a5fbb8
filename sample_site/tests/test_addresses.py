"""Addresses of pages, and what is read out of them."""

import pytest

from satchel_site.addresses import (
    folder_url,
    message_url,
    own_path,
    read_id,
    read_number,
    with_query,
)
from satchel_site.refusal import Refusal


def test_a_folder_may_have_any_name() -> None:
    assert "/m/a%2Fb%20%3F%23%25%2F..%2F%C3%A9" == folder_url("a/b ?#%/../é")


def test_a_message_is_named_with_its_numbering() -> None:
    assert "/m/INBOX/77-5" == message_url("INBOX", 77, 5)
    assert (77, 5) == read_id("77-5")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "1e3",
        "0x10",
        "\u0661\u0662",
        "12_0",
        "9" * 5000,
        "4294967296",
        " 1",
        "+1",
        "1,2,,",
        "1:*",
    ],
)
def test_what_is_no_number_is_not_found(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_number(text)

    assert 404 == refusal.value.status


def test_empty_values_are_not_in_a_query() -> None:
    assert "/m/A?q=x+y" == with_query("/m/A", q="x y", page=0)
    assert "/m/A" == with_query("/m/A", q="", page=0)


@pytest.mark.parametrize("path", ["/", "/m/INBOX?page=2", "/compose/x#y"])
def test_a_path_of_ours_is_followed_after_sign_in(path: str) -> None:
    assert path == own_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "//t.example",
        "/\\t.example",
        "https://t.example",
        "javascript:alert(1)",
        "m",
        "",
        "/a\nb",
        "/\t/t",
        "/a\\b",
    ],
)
def test_any_other_path_leads_to_the_start(path: str) -> None:
    assert "/" == own_path(path)
