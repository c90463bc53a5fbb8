"""What a user may type as recipients, and what not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satchel.mail.addresses import Address, parse_addresses
from satchel.mail.errors import AddressError

NAMES = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\u202a\u202b"
    "\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
    max_size=30,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        (" , ;; ", ()),
        ("a@b.c", (Address("", "a@b.c"),)),
        ("<a@b.c>", (Address("", "a@b.c"),)),
        ("Ann <A@B.C>", (Address("Ann", "A@b.c"),)),
        ("John Q. Public <j@x.y>", (Address("John Q. Public", "j@x.y"),)),
        ('"B, C; D" <x@y.z>; a@b.c,', (Address("B, C; D", "x@y.z"), Address("", "a@b.c"))),
        ('"a\\"b\\\\" <j@x.y>', (Address('a"b\\', "j@x.y"),)),
        ("Zoë <z@bücher.example>", (Address("Zoë", "z@xn--bcher-kva.example"),)),
        ("a@b.c, Again <a@b.c>", (Address("", "a@b.c"),)),
        ("o'neil+tag@localhost", (Address("", "o'neil+tag@localhost"),)),
        ("=?utf-8?q?x=0d=0aBcc?= <a@b.c>", (Address("=?utf-8?q?x=0d=0aBcc?=", "a@b.c"),)),
    ],
)
def test_addresses_are_read(text: str, expected: tuple[Address, ...]) -> None:
    assert expected == parse_addresses(text)


@pytest.mark.parametrize(
    "text",
    [
        "a@b.c>\r\nRCPT TO:<evil@x",
        "a@b.c\nb@c.d",
        "a\x00@b.c",
        "a@b.c\u2028",
        "\ud800@x.y",
        "Ann\u202e <a@b.c>",
        "alice@good.com <bob@evil.com>",
        "<@evil.com:alice@good.com>",
        "@evil.com:alice@good.com",
        '"a b"@c.d',
        "a(comment)@b.c",
        "a@[127.0.0.1]",
        "a@[IPv6:::1]",
        "a@1.2.3.4",
        "x" * 65 + "@b.c",
        "a@" + "b" * 64 + ".c",
        "a@" + ".".join(["b" * 60] * 5),
        "group: a@b, c@d;",
        "undisclosed-recipients:;",
        "-oQ/tmp@x",
        "a@x -X/tmp/y",
        ".a@b.c",
        "a..b@c.d",
        "a.@b.c",
        "a@b..c",
        "a@-b.c",
        "a@",
        "@b.c",
        "a@b@c",
        "Bob",
        "é@x.y",
        "a\uff20b.c",
        "<a@b.c",
        "a@b.c>",
        "<a@b.c> Ann",
        "<<a@b.c>>",
        '"unbalanced <a@b.c>',
        '"a" "b" <x@y.z>',
        "(Ann) <a@b.c>",
        "a@b.c " * 20_000,
        ",".join(f"a{i}@b.c" for i in range(600)),
    ],
)
def test_what_is_doubtful_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_addresses(text)


def test_every_bad_piece_is_named() -> None:
    with pytest.raises(AddressError) as caught:
        parse_addresses("good@x.y, bad, worse@")

    assert ["bad", "worse@"] == [piece for piece, _ in caught.value.refused]
    assert "“bad” has no @." in caught.value.text


@given(NAMES)
def test_an_address_that_is_shown_reads_back(name: str) -> None:
    address = Address(" ".join(name.split()), "ann@example.org")

    assert (address,) == parse_addresses(str(address))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_addresses(text)
    except AddressError as error:
        assert error.text
    else:
        assert all(address.mailbox.isascii() for address in found)
