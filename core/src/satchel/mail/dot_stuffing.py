"""The form that a message takes between DATA and the final dot."""

from satchel.mail.errors import MessageDamaged


class DotStuffer:
    """Doubles the dot at the start of each line, across the borders of blocks.

    A bare CR or LF, or a byte that is not ASCII, is `MessageDamaged`: servers disagree about
    where such a message ends.
    """

    def __init__(self) -> None:
        self._tail = b"\r\n"

    def stuff(self, block: bytes) -> bytes:
        """Return the block as it goes onto the wire."""
        joined = self._tail + block
        self._check(joined)
        stuffed = joined.replace(b"\r\n.", b"\r\n..")[len(self._tail) :]
        self._tail = joined[-2:]
        return stuffed

    def end(self) -> bytes:
        """Return what ends the data: the dot on a line of its own."""
        if self._tail.endswith(b"\r"):
            raise MessageDamaged("The message ends in half a line break.")
        return b".\r\n" if self._tail == b"\r\n" else b"\r\n.\r\n"

    def _check(self, joined: bytes) -> None:
        pairs = joined.count(b"\r\n")
        opened = joined.count(b"\r") - joined.endswith(b"\r")
        starts_inside = joined.startswith(b"\n")
        if opened != pairs or joined.count(b"\n") - starts_inside != pairs:
            raise MessageDamaged("The message has a bare line break.")
        if not joined.isascii():
            raise MessageDamaged("The message has bytes that are not ASCII.")
