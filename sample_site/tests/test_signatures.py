"""Where a signature stands in the text of a message."""

import pytest

from satchel_site.signatures import put_signature, swap_signature

REPLY = "\n\nOn 3 May 2026 at 10:00, Zoe wrote:\n> Hello\n"
FORWARD = "\n\n---------- Forwarded message ----------\nFrom: Zoe\n\n-- \nAda\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "\n\n-- \nAda\n"),
        ("Hello.\n", "Hello.\n\n-- \nAda\n"),
        (REPLY, "\n\n-- \nAda\n\nOn 3 May 2026 at 10:00, Zoe wrote:\n> Hello\n"),
        ("Yes." + REPLY, "Yes.\n\n-- \nAda\n\nOn 3 May 2026 at 10:00, Zoe wrote:\n> Hello\n"),
    ],
)
def test_a_signature_stands_under_the_text_and_above_the_quote(text: str, expected: str) -> None:
    assert expected == put_signature(text, "Ada")


@pytest.mark.parametrize("signature", ["", " \n"])
def test_an_empty_signature_changes_nothing(signature: str) -> None:
    assert REPLY == put_signature(REPLY, signature)


def test_one_signature_takes_the_place_of_another() -> None:
    text = put_signature("Yes." + REPLY, "Ada\nWinter")

    swapped = swap_signature(text, ["Ada", "Ada\nWinter", "Bea"], "Bea")

    assert put_signature("Yes." + REPLY, "Bea") == swapped


def test_a_signature_is_taken_away() -> None:
    assert "Yes." + REPLY == swap_signature(put_signature("Yes." + REPLY, "Ada"), ["Ada"], "")
    assert "Yes.\n" == swap_signature(put_signature("Yes.", "Ada"), ["Ada"], "")


@pytest.mark.parametrize("known", [["Ada"], []])
def test_a_signature_inside_of_what_is_passed_on_stays(known: list[str]) -> None:
    text = put_signature(FORWARD, known[0] if known else "")

    assert f"\n\n-- \nBea\n\n{FORWARD.lstrip()}" == swap_signature(text, ["Ada"], "Bea")


def test_what_is_written_under_a_signature_stays_above_the_next_one() -> None:
    text = put_signature("Yes.", "Ada") + "P. S. No.\n"

    assert "Yes.\nP. S. No.\n\n-- \nBea\n" == swap_signature(text, ["Ada"], "Bea")


def test_a_signature_that_was_edited_stays() -> None:
    text = put_signature("Yes.", "Ada").replace("Ada", "A. W.")

    assert text == swap_signature(text, ["Ada"], "Bea")


def test_letters_that_mean_something_to_a_pattern_are_letters() -> None:
    signature = r"a+b (c) \1 $"

    assert "x\n\n-- \nBea\n" == swap_signature(put_signature("x", signature), [signature], "Bea")
