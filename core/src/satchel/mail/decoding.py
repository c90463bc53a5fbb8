"""Transfer encodings undone block by block."""

import binascii
import string
from typing import Protocol

_BASE64 = (string.ascii_letters + string.digits + "+/").encode("ascii")
_JUNK = bytes(byte for byte in range(256) if byte not in _BASE64)


class Decoder(Protocol):
    """Takes coded bytes in any pieces and gives the decoded ones as they come."""

    def feed(self, data: bytes) -> bytes:
        """Return what can be decoded by now."""

    def end(self) -> bytes:
        """Return the rest."""


class Base64Decoder:
    """Lenient: what is no base64 is skipped, and padding in the middle starts anew."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """Decode whole groups of four."""
        out = b""
        *padded, last = data.split(b"=")
        for piece in padded:
            out += self._decode(piece) + self.end()
        return out + self._decode(last)

    def end(self) -> bytes:
        """Decode a group that is not whole."""
        rest, self._rest = self._rest, b""
        if len(rest) < 2:
            return b""
        return binascii.a2b_base64(rest + b"=" * (4 - len(rest)))

    def _decode(self, piece: bytes) -> bytes:
        clean = self._rest + piece.translate(None, _JUNK)
        whole = len(clean) - len(clean) % 4
        self._rest = clean[whole:]
        return binascii.a2b_base64(clean[:whole])


class QuotedPrintableDecoder:
    """Decodes whole lines; a line longer than a block is cut where no letter is."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """Decode up to the last line break."""
        joined = self._rest + data
        cut = joined.rfind(b"\n") + 1
        if not cut and len(joined) > 65536:
            cut = joined.rfind(b"=") if b"=" in joined[-3:] else len(joined)
        self._rest = joined[cut:]
        return binascii.a2b_qp(joined[:cut])

    def end(self) -> bytes:
        """Decode the last line."""
        rest, self._rest = self._rest, b""
        return binascii.a2b_qp(rest)


class PlainDecoder:
    """For 7bit, 8bit, binary and whatever nobody knows."""

    def feed(self, data: bytes) -> bytes:
        """Return it as it is."""
        return data

    def end(self) -> bytes:
        """Return nothing."""
        return b""


def decoder_for(encoding: str) -> Decoder:
    """Return a new decoder for a Content-Transfer-Encoding in lower case."""
    if encoding == "base64":
        return Base64Decoder()
    if encoding == "quoted-printable":
        return QuotedPrintableDecoder()
    return PlainDecoder()


def decode_all(data: bytes, encoding: str) -> bytes:
    """Return all of it decoded."""
    decoder = decoder_for(encoding)
    return decoder.feed(data) + decoder.end()
