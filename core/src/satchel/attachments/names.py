"""What an uploaded file may be called, and which type is believed."""

import re
import unicodedata

LONGEST = 255
_WORD = r"[A-Za-z0-9!#$&^_.+-]{1,127}"
_TYPE = re.compile(f"{_WORD}/{_WORD}")
_OPAQUE = "application/octet-stream"
_COMPOSITE = ("multipart/", "message/")
_JOINERS = {"\u200c", "\u200d"}


def display_name(name: str) -> str:
    """The last part of a path without control characters, at most 255 bytes of UTF-8.

    A name is for people: no store ever builds a path from it.
    """
    text = name.encode("utf-8", "replace").decode("utf-8")
    text = re.split(r"[/\\]", text)[-1]
    text = "".join(_visible(letter) for letter in unicodedata.normalize("NFC", text)).strip()
    return _cut(text) if text.strip(".") else "unnamed"


def believed_type(content_type: str) -> str:
    """The type in lower case, without parameters; what has parts of its own is opaque bytes."""
    plain = content_type.split(";", 1)[0].strip().lower()
    if not _TYPE.fullmatch(plain) or plain.startswith(_COMPOSITE):
        return _OPAQUE
    return plain


def _visible(letter: str) -> str:
    # Cc are controls, Cf are direction overrides and their like, Co and Cn mean nothing to anyone
    hidden = unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"}
    return "" if hidden and letter not in _JOINERS else letter


def _cut(text: str) -> str:
    if len(text.encode()) <= LONGEST:
        return text
    stem, dot, ending = text.rpartition(".")
    if not dot or len(ending.encode()) > 20:
        stem, ending = text, ""
    room = LONGEST - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + (f".{ending}" if ending else "")
