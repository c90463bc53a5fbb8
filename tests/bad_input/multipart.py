"""Forms with files, written by hand, so that they can be wrong."""

BOUNDARY = "b0undary"


def multipart(*parts: bytes, boundary: str = BOUNDARY) -> bytes:
    """Return the body of a form."""
    line = f"--{boundary}".encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"


def field(name: str, value: str) -> bytes:
    """Return a text field."""
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()


def file(content: bytes, *, name: str = "files", filename: str = "a.bin") -> bytes:
    """Return a file."""
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"'
    return disposition.encode() + b"\r\nContent-Type: text/plain\r\n\r\n" + content
