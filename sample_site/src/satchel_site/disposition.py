"""How bytes that others wrote are handed to a browser: to be kept, never to be run."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

OPAQUE = "application/octet-stream"
HARMLESS = frozenset(
    {"application/pdf", "application/zip", "text/plain", "text/csv", "text/calendar", OPAQUE}
)
HARMLESS_KINDS = ("image/", "audio/", "video/", "font/")
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+_-]{0,80}")
LONGEST = 180


def safe_type(content_type: str) -> str:
    """Return the type if no browser runs it, else the type of opaque bytes."""
    plain = content_type.partition(";")[0].strip().lower()
    if not TYPE.fullmatch(plain) or "xml" in plain:
        return OPAQUE
    return plain if plain in HARMLESS or plain.startswith(HARMLESS_KINDS) else OPAQUE


def picture_type(first_bytes: bytes) -> str | None:
    """Name the picture by its bytes; whatever it says of itself is not believed."""
    if first_bytes.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if first_bytes.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if first_bytes.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if first_bytes[:4] == b"RIFF" and first_bytes[8:12] == b"WEBP":
        return "image/webp"
    return None


def attachment_headers(filename: str, content_type: str) -> Mapping[str, str]:
    """The headers of a download, whatever the file is."""
    return {
        "Content-Type": safe_type(content_type),
        "Content-Disposition": content_disposition(filename),
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }


def content_disposition(filename: str) -> str:
    """Write the name so that every browser reads it (RFC 6266), on one line of ASCII."""
    name = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in filename).strip()
    name = _shorten(name.encode("utf-8", "replace").decode()) or "attachment"
    plain = re.sub(r'[^ -~]|["\\%]', "_", unicodedata.normalize("NFC", name))
    if plain == name:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _shorten(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 20:
        stem, ending = name, ""
    room = LONGEST - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + (f".{ending}" if ending else "")
