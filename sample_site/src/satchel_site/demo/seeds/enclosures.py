"""Files that go along with the demo's mail, made here so that nothing has to be shipped."""

import struct
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta


def write_pdf(lines: list[str]) -> bytes:
    """Write a PDF of one page with these lines of plain text."""
    shown = "".join(f"({_pdf_text(line)}) Tj T*\n" for line in lines)
    page = f"BT /F1 12 Tf 16 TL 72 770 Td\n{shown}ET\n".encode("latin-1", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
        b"/Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%bendstream" % (len(page), page),
    )
    return _pdf_file(objects)


def _pdf_text(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _pdf_file(objects: tuple[bytes, ...]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def write_png(width: int, height: int, colour: Callable[[int, int], tuple[int, int, int]]) -> bytes:
    """Write a PNG; `colour` gives red, green and blue for each point."""
    rows = b"".join(
        b"\0" + bytes(value for x in range(width) for value in colour(x, y)) for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(name, data) for name, data in chunks)


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def draw_hills() -> bytes:
    """Draw a small evening over two hills."""

    def colour(x: int, y: int) -> tuple[int, int, int]:
        if y > 70 + abs(x - 60) // 4:
            return 38, 70, 50
        if y > 62 + abs(x - 130) // 3:
            return 70, 110, 80
        return min(255, 120 + y), min(255, 90 + y), max(0, 150 - y // 2)

    return write_png(180, 110, colour)


def draw_mark() -> bytes:
    """Draw three circles, one inside the other."""

    def colour(x: int, y: int) -> tuple[int, int, int]:
        distance = ((x - 24) ** 2 + (y - 24) ** 2) ** 0.5
        return (35, 68, 143) if int(distance) // 4 % 2 == 0 and distance < 24 else (255, 255, 255)

    return write_png(48, 48, colour)


def write_invitation(start: datetime, uid: str) -> bytes:
    """Write a calendar invitation to the talk's rehearsal."""
    end = start + timedelta(minutes=45)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//satchel//demo//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{start:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{end:%Y%m%dT%H%M%SZ}",
        "SUMMARY:Rehearsal of the talk",
        "LOCATION:Room 2.14",
        "ORGANIZER;CN=Priya Raman:mailto:priya@conference.example",
        "ATTENDEE;CN=Ada Winter;RSVP=TRUE:mailto:ada@satchel.example",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "\r\n".join(lines).encode()
