"""Headers, parts and structures as strangers write them."""

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.response_parser import parse_fetch_response

from satchel.mail.addresses import Address
from satchel.mail.decoding import decode_all, decoder_for
from satchel.mail.headers import find_message_ids
from satchel.mail.received import (
    decode_bytes,
    decode_header,
    read_addresses,
    read_date,
    read_filename,
    split_headers,
)
from satchel.mail.structure import MAX_PARTS, read_structure


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?b?Wm/Dqw==?= =?utf-8?q?_a?= b", "Zoë a b"),
        (b"caf\xc3\xa9 caf\xe9", "cafÃ© café"),
        (b"caf\xc3\xa9", "café"),
        (b"=?xx?q?a=ff?=", "aÿ"),
        (b"=?utf-8?b?!!!?=", ""),
        (b"=?utf-8?q?a=0D=0ABcc:_evil@x?=", "a Bcc: evil@x"),
        (b"=?utf-7?b?KzJBQS0=?=", "\ufffd"),
        (b"=?unicode_escape?q?=5Cud800?=", "\\ud800"),
        (b"=?punycode?q?" + b"a" * 60 + b"?=", "a" * 60),
        (b"=?zlib?q?a?= =?idna?q?b?= =?undefined?q?c?=", "abc"),
        ("\udcff a\x00b", "\ufffd a b"),
        (b"a\r\n\tb", "a b"),
    ],
)
def test_a_header_is_one_line_of_valid_text(value: bytes | str, expected: str) -> None:
    assert expected == decode_header(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('Ann <a@b.c>, "B, C" <d@e.f>', [("Ann", "a@b.c"), ("B, C", "d@e.f")]),
        ("group: a@b, c@d;, e@f", [("", "a@b"), ("", "c@d"), ("", "e@f")]),
        ("undisclosed-recipients:;", []),
        ("alice@good.com <bob@evil.com>", [("alice@good.com", "bob@evil.com")]),
        ("=?utf-8?q?x=40y=2C_=3Ca=40b=3E?= <c@d>", [("x@y, <a@b>", "c@d")]),
        ("a@b (Ann)", [("Ann", "a@b")]),
        ('"a\\"b" <c@d>', [('a"b', "c@d")]),
        ("nobody", [("", "nobody")]),
        ("a@b\x00\r\n c", [("", "a@bc")]),
    ],
)
def test_received_addresses_are_read_leniently(value: str, expected: list[tuple[str, str]]) -> None:
    assert [Address(*pair) for pair in expected] == list(read_addresses(value))


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_a_header_fail(value: bytes) -> None:
    text = decode_header(value)

    assert text == text.encode().decode()
    assert len(text.splitlines()) <= 1
    read_addresses(value)
    read_date(value)
    list(split_headers(value))


def test_ten_thousand_addresses_are_cut() -> None:
    assert 1000 == len(read_addresses(b",".join([b"a@b"] * 10_000)))


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"filename": b"a.txt"}, "a.txt"),
        ({"filename*": b"UTF-8''Entw%C3%BCrfe.txt"}, "Entwürfe.txt"),
        ({"filename*0*": b"utf-8''a%C3", "filename*1*": b"%BC", "filename*2": b"b"}, "aüb"),
        ({"filename": b"=?utf-8?q?Z=C3=AB.txt?="}, "Zë.txt"),
        ({"filename*": b"xx-bad''%41"}, "A"),
        ({"filename": b"../../etc/passwd"}, "passwd"),
        ({"filename": b"a\r\nb\x00.txt"}, "a b .txt"),
        ({"filename*": b"utf-8''..%2f..%2fx"}, "x"),
        ({"filename": b""}, ""),
        ({}, ""),
    ],
)
def test_a_filename_is_read_from_any_encoding(parameters: dict[str, bytes], expected: str) -> None:
    assert expected == read_filename(parameters, "filename")


def test_only_well_formed_message_ids_are_taken() -> None:
    found = find_message_ids("<a@b> <c@d>\r\n junk <x y@z> <a@b> <a@b\x00>")

    assert ("<a@b>", "<c@d>") == found


def test_a_date_that_is_none_is_none() -> None:
    assert read_date(b"yesterday") is None
    assert read_date(b"Mon, 23 Nov 0000 19:51:40 +9999") is None
    assert "2026-11-23T19:51:40+00:00" == str(read_date(b"23 Nov 2026 19:51:40").isoformat())  # type: ignore[union-attr]


@pytest.mark.parametrize("charset", ["", "us-ascii", "utf-8", "nonsense", "zlib"])
def test_a_body_without_a_true_charset_is_still_read(charset: str) -> None:
    assert "Grüße" == decode_bytes("Grüße".encode(), charset)


def test_a_cut_letter_spoils_only_itself() -> None:
    assert "Grü\ufffd" == decode_bytes("Grüß".encode()[:-1], "utf-8")


@given(st.binary(max_size=500), st.integers(1, 90))
def test_base64_decodes_in_any_pieces(data: bytes, piece: int) -> None:
    coded = base64.encodebytes(data)

    assert data == _in_pieces(coded, "base64", piece)


@given(st.binary(max_size=500), st.integers(1, 90))
def test_quoted_printable_decodes_in_any_pieces(data: bytes, piece: int) -> None:
    coded = quopri.encodestring(data)

    assert quopri.decodestring(coded) == _in_pieces(coded, "quoted-printable", piece)


@given(st.binary(max_size=300), st.sampled_from(["base64", "quoted-printable", "8bit", "x"]))
def test_no_bytes_make_decoding_fail(data: bytes, encoding: str) -> None:
    decode_all(data, encoding)


def test_two_base64_bodies_in_a_row_are_both_read() -> None:
    assert b"ab" == decode_all(b"YQ==\r\nYg==", "base64")


def test_a_quoted_printable_line_without_end_needs_no_memory_without_end() -> None:
    decoder = decoder_for("quoted-printable")

    read = sum(len(decoder.feed(b"=41" * 30_000)) for _ in range(10)) + len(decoder.end())

    assert 300_000 == read


def _in_pieces(coded: bytes, encoding: str, piece: int) -> bytes:
    decoder = decoder_for(encoding)
    fed = [decoder.feed(coded[i : i + piece]) for i in range(0, len(coded), piece)]
    return b"".join([*fed, decoder.end()])


def structure_of(text: str) -> object:
    return parse_fetch_response([f"1 (BODYSTRUCTURE {text})".encode()])[1][b"BODYSTRUCTURE"]


LEAF = '("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 5 1 NIL NIL NIL NIL)'


def test_a_structure_is_cut_where_it_is_too_deep() -> None:
    structure = read_structure(structure_of("(" * 60 + LEAF + ' "mixed")' * 60))

    assert structure.is_cut
    assert () == structure.parts


def test_a_structure_is_cut_where_it_has_too_many_parts() -> None:
    structure = read_structure(structure_of("(" + LEAF * (MAX_PARTS + 1) + ' "mixed")'))

    assert structure.is_cut
    assert MAX_PARTS == len(structure.parts)


@pytest.mark.parametrize("body", [None, (), b"x", 5, (b"text",), ([],), ([None], b"mixed")])
def test_a_structure_that_makes_no_sense_has_no_surprises(body: object) -> None:
    read_structure(body)


def test_types_and_names_of_parts_are_cleaned() -> None:
    evil = '("te<xt" "ht\\"ml" ("name" "../a.svg") "<x>" NIL "BASE64" 100 NIL NIL NIL NIL)'

    [part] = read_structure(structure_of(evil)).parts

    assert "application/octet-stream" == part.content_type
    assert ("a.svg", "x", "base64", "1") == (
        part.filename, part.content_id, part.encoding, part.section,
    )  # fmt: skip
