"""Names and types of files: shown to people, believed by nobody."""

import pytest

from tests.bad_input.visitor import Visitor

NAMES = {
    "a path": (b"..%2F..%2Fetc%2Fpasswd", "passwd"),
    "an absolute path": (b"%2Fetc%2Fshadow", "shadow"),
    "a windows path": (b"C%3A%5Cdir%5Cx.txt", "x.txt"),
    "lines": (b"a%0D%0AX-Evil%3A%201.txt", "aX-Evil: 1.txt"),
    "nul": (b"a%00b.txt", "ab.txt"),
    "nothing": (b"", "unnamed"),
    "dots": (b"..", "unnamed"),
    "not unicode": (b"%FF%FE.txt", "��.txt"),
    "a surrogate": (b"%ED%A0%80.txt", None),
    "raw bytes": (b"\xff\xfe.txt", None),
    "raw letters": ("é.txt".encode(), "é.txt"),
    "half an escape": (b"100%.txt", "100%.txt"),
    "markup": (b"%3Cimg src=x onerror=alert(1)%3E.png", "<img src=x onerror=alert(1)>.png"),
    "an override": (b"a%E2%80%AEgpj.exe", "agpj.exe"),
    "a dot file": (b".htaccess", ".htaccess"),
}


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
def test_a_name_is_only_shown(ana: Visitor, draft: str, address: str, name: bytes, shown: str):
    answer = ana.put(address, b"x", X_Filename=name)

    assert answer.status == 201
    assert shown is None or answer.json["filename"] == shown
    kept = ana.get(f"{draft}/files/{answer.json['id']}")
    disposition = kept.headers["Content-Disposition"]
    assert (kept.status, kept.body) == (200, b"x")
    assert disposition.startswith("attachment; filename=")
    assert disposition.isascii()
    assert "X-Evil" not in kept.headers
    assert "<img src=x" not in ana.get(draft).text


@pytest.mark.parametrize("size", [255, 256, 1024, 6000])
def test_a_long_name_is_cut_and_keeps_its_ending(ana: Visitor, address: str, size: int):
    name = "ä" * (size // 2) + ".pdf"
    escaped = name.replace("ä", "%C3%A4") if size < 2000 else name

    shown = ana.put(address, b"x", X_Filename=escaped).json["filename"]

    assert shown.endswith("ä.pdf")
    assert len(shown.encode()) <= 255


TYPES = [
    "text/html",
    "image/svg+xml",
    "text/xml",
    'a/b; x="\u00e9',
    "multipart/mixed2",
]


@pytest.mark.parametrize("kind", TYPES)
def test_no_browser_is_made_to_run_a_file(ana: Visitor, draft: str, address: str, kind: str):
    answer = ana.put(address, b"<script>alert(1)</script>", Content_Type=kind)

    assert answer.status == 201
    kept = ana.get(f"{draft}/files/{answer.json['id']}")
    assert kept.kind == "application/octet-stream"
    assert "sandbox" in kept.headers["Content-Security-Policy"]
