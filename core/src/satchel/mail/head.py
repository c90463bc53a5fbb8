"""A block of headers, read back before anybody else reads it."""

import re
from collections.abc import Sequence
from email.errors import MultipartInvariantViolationDefect, StartBoundaryNotFoundDefect
from email.parser import BytesHeaderParser
from email.policy import compat32

from satchel.mail.errors import MessageDamaged

_ABOUT_PARTS = (MultipartInvariantViolationDefect, StartBoundaryNotFoundDefect)
_STRAY = re.compile(rb"[\r\n\x00\x80-\xff]|^[ \t]")


def join_fields(fields: Sequence[bytes]) -> bytes:
    """Return the headers as one block, or raise `MessageDamaged`.

    Each field must be one header, folded or not. The block is parsed as a stranger would: it
    must hold these headers and no other, and never a Bcc.
    """
    block = b"".join(fields)
    meant = [field.partition(b":")[0].decode("ascii", "replace") for field in fields]
    parsed = BytesHeaderParser(policy=compat32).parsebytes(block + b"\r\n")
    # Some releases of Python miss the announced parts, though only headers are read.
    defects = [each for each in parsed.defects if not isinstance(each, _ABOUT_PARTS)]
    is_clean = not _STRAY.search(block.replace(b"\r\n", b"")) and not (
        defects or parsed.get_payload()
    )
    if not is_clean or parsed.keys() != meant or "bcc" in map(str.lower, meant):
        raise MessageDamaged("The headers of this message cannot be written safely.")
    return block
