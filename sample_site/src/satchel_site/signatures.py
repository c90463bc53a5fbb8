"""A signature in the text of a message: put in, and changed when the sender changes."""

import re
from collections.abc import Sequence

QUOTE = re.compile(r"^(?:On [^\n]+ wrote:\n>|-{10} Forwarded message -{10}$)", re.MULTILINE)
MARK = re.compile(r"^-- $", re.MULTILINE)


def put_signature(text: str, signature: str) -> str:
    """Put the signature under what is written, and above what is quoted."""
    if not signature.strip():
        return text
    above, below = _at_quote(text)
    return f"{above.rstrip()}\n\n{_block(signature)}\n" + (f"\n{below}" if below else "")


def swap_signature(text: str, known: Sequence[str], signature: str) -> str:
    """Put the signature in place of the first of the known ones that stands above the quote.

    One that was edited by hand stays as it is.
    """
    above, below = _at_quote(text)
    for former in sorted(filter(str.strip, known), key=len, reverse=True):
        found = re.search(rf"^{re.escape(_block(former))}$", above, re.MULTILINE)
        if found is not None:
            rest = above[: found.start()].rstrip() + "\n" + above[found.end() :].lstrip("\n")
            return put_signature(_with_quote(rest, below), signature)
    if MARK.search(above):
        return text
    return put_signature(text, signature)


def _at_quote(text: str) -> tuple[str, str]:
    quote = QUOTE.search(text)
    at = quote.start() if quote else len(text)
    return text[:at], text[at:]


def _with_quote(above: str, below: str) -> str:
    return f"{above.rstrip()}\n\n{below}" if below else above


def _block(signature: str) -> str:
    return f"-- \n{signature.strip()}"
