"""Where a memcached host listens, as operators write it."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address

PORT = 11211
FORMS = 'Write "host", "host:port", "[v6]:port" or "unix:///path".'

_NAMED = re.compile(r"(?P<host>[A-Za-z0-9._-]+)(?::(?P<port>[0-9]+))?")
_BRACKETED = re.compile(r"\[(?P<host>[^\]]*)\](?::(?P<port>[0-9]+))?")


class AddressError(ValueError):
    """The text names no memcached host."""


@dataclass(frozen=True, slots=True)
class Address:
    """A TCP host with its port, or the path of a socket; ``name`` is the same on every node."""

    name: str
    host: str
    port: int | None

    @property
    def is_socket(self) -> bool:
        """Whether ``host`` is the path of a unix socket."""
        return self.port is None


def parse_address(text: str) -> Address:
    """Read ``host``, ``host:port``, ``[v6]:port`` or ``unix:///path``."""
    if text.startswith("unix:"):
        return _parse_socket(text)
    if bracketed := _BRACKETED.fullmatch(text):
        host = _parse_v6(text, bracketed["host"])
        port = _parse_port(text, bracketed["port"])
        return Address(f"[{host}]:{port}", host, port)
    if named := _NAMED.fullmatch(text):
        host, port = named["host"].lower(), _parse_port(text, named["port"])
        return Address(f"{host}:{port}", host, port)
    raise AddressError(_explain(text))


def _parse_socket(text: str) -> Address:
    path = text.removeprefix("unix://")
    if not path.startswith("/") or "\0" in path or path.endswith("/"):
        raise AddressError(
            f'"{text}" names no socket: write "unix:///path", with three slashes before the path.'
        )
    return Address(f"unix://{path}", path, None)


def _parse_v6(text: str, host: str) -> str:
    try:
        return str(IPv6Address(host))
    except AddressValueError as error:
        raise AddressError(f'"{text}" has no IPv6 address between its brackets. {FORMS}') from error


def _parse_port(text: str, port: str | None) -> int:
    number = PORT if port is None else int(port)
    if not 0 < number < 65536:
        raise AddressError(f'"{text}" has no usable port: ports go from 1 to 65535.')
    return number


def _explain(text: str) -> str:
    if "://" in text:
        scheme, _, rest = text.partition("://")
        return f'"{text}": leave "{scheme}://" out and write "{rest}". {FORMS}'
    try:
        host = str(IPv6Address(text))
    except AddressValueError:
        return f'"{text}" names no memcached host. {FORMS}'
    return f'"{text}": put an IPv6 address between brackets, "[{host}]:{PORT}".'
