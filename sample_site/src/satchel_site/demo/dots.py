"""The dots that SMTP doubles at the beginning of a line."""

from collections.abc import AsyncIterator


async def undotted(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Take the line break that was put in front away, and the dot that doubles another."""
    kept = b""
    start = 2
    async for chunk in chunks:
        text = kept + chunk
        # A dot that follows in the next chunk has to be seen behind its line break.
        whole = len(text) - (2 if text.endswith(b"\r\n") else text.endswith(b"\r"))
        kept = text[whole:]
        plain = text[:whole].replace(b"\r\n.", b"\r\n")
        yield plain[start:]
        start = max(0, start - len(plain))
    yield kept[start:]
