"""How plain text is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satchel_site.plain import link, show_plain


def test_markup_in_a_text_is_shown_as_text() -> None:
    assert show_plain("<script>alert(1)</script>") == "&lt;script&gt;alert(1)&lt;/script&gt;\n"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see https://x.example/a.", "https://x.example/a"),
        ("(https://x.example/a)", "https://x.example/a"),
        ("https://x.example/a_(b)", "https://x.example/a_(b)"),
        ("HTTPS://x.example/?a=1&b=2!", "HTTPS://x.example/?a=1&amp;b=2"),
    ],
)
def test_a_web_address_becomes_a_link_without_its_full_stop(text: str, url: str) -> None:
    assert f'<a href="{url}" target="_blank" rel="noopener noreferrer">{url}</a>' in link(text)


@pytest.mark.parametrize("text", ["javascript:alert(1)", 'http://"onclick=x', "xhttp://y"])
def test_what_is_no_web_address_is_no_link(text: str) -> None:
    assert "<a" not in link(text)


def test_quoted_lines_are_folded_and_counted() -> None:
    shown = show_plain("Yes.\n\n> a\n> b\n>> c\nEnd")

    assert "<summary>3 quoted lines</summary><blockquote>a\nb\n<details" in shown
    assert shown.endswith("</details>End\n")


def test_a_thousand_levels_of_quotes_are_shown() -> None:
    assert "&gt;" in show_plain(">" * 1000 + " x")


@given(st.text())
def test_only_our_own_tags_are_in_the_answer(text: str) -> None:
    shown = str(show_plain(text))
    for ours in ("<details", "</details", "<summary", "</summary", "<blockquote", "</blockquote"):
        shown = shown.replace(ours, "")

    assert "<" not in shown.replace("<a href=", "").replace("</a>", "")
