"""The values that operators write in words of their own: sizes, hosts, networks, plugins."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any

from packaging.requirements import InvalidRequirement, Requirement
from pydantic import PlainValidator

from satchel.mail.server import MailServer, Tls

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
SIZE = re.compile(r"(\d{1,15})\s*([KMGT]?)(?:i?B)?", re.IGNORECASE | re.ASCII)
HOST = re.compile(
    r"(?:(?P<scheme>[a-z]+)://)?(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<host>[\w.-]+))(?::(?P<port>\d+))?",
    re.IGNORECASE,
)
SCHEMES: dict[str, Tls] = {"ssl": "implicit", "tls": "starttls", "": "none"}
PLUGIN = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
CLASS = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


def to_bytes(value: object) -> int:
    """Read a whole number of bytes, or of K, M, G or T of 1024 each."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    match = SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    size = int(match[1]) * UNITS[match[2].upper()] if match else 0
    if size < 1:
        raise ValueError('it must be a size above zero such as "100M" or "2G"')
    return size


def to_plugin(value: object) -> str:
    """Read the name of a plugin, or ``package.module:Class`` for code of one's own."""
    if isinstance(value, str) and CLASS.fullmatch(value):
        return value
    name = value.lower() if isinstance(value, str) else ""
    if not PLUGIN.fullmatch(name):
        raise ValueError('it must be the name of a plugin, or "package.module:Class"')
    return name


def to_network(value: object) -> IPv4Network | IPv6Network:
    """Read an address, or a network such as ``10.0.0.0/8``."""
    if not isinstance(value, str):
        raise ValueError("it must be a list of addresses in quotes")
    try:
        return ip_network(value)
    except ValueError as error:
        raise ValueError('it must list addresses or networks such as "10.0.0.0/8"') from error


def to_requirement(value: object) -> Requirement:
    """Read the name of a distribution, perhaps with versions: ``satchel-session-db>=1,<2``."""
    try:
        return Requirement(value if isinstance(value, str) else "")
    except InvalidRequirement as error:
        raise ValueError('it must list packages such as "satchel-session-db>=1,<2"') from error


def to_line(value: object) -> str:
    """Read a text of one line that is not empty."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("it must be a line of text that is not empty")
    return value.strip()


def to_secrets(value: object) -> tuple[str, ...]:
    """Read one secret, or a list of them with the newest first."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise ValueError("it must be a text in quotes, or a list of them with the newest first")
    return tuple(listed)


def _server(ports: dict[str, int]) -> Callable[[object], MailServer]:
    def read(value: object) -> MailServer:
        match = HOST.fullmatch(value.strip()) if isinstance(value, str) else None
        scheme = (match["scheme"] or "").lower() if match else "?"
        if match is None or scheme not in SCHEMES:
            raise ValueError(
                'it must be "ssl://host:port", "tls://host:port" or "host:port",'
                " an IPv6 address in brackets"
            )
        port = int(match["port"] or ports[scheme])
        if not 0 < port < 65536:
            raise ValueError("its port must be from 1 to 65535")
        return MailServer(match["v6"] or match["host"], port, SCHEMES[scheme])

    return read


to_imap = _server({"ssl": 993, "tls": 143, "": 143})
to_smtp = _server({"ssl": 465, "tls": 587, "": 587})


def _read_by(reader: Callable[[object], object], written: Any = str) -> PlainValidator:
    return PlainValidator(reader, json_schema_input_type=written)  # Any: a type form


Size = Annotated[int, _read_by(to_bytes, int | str)]
Name = Annotated[str, _read_by(to_plugin)]
Network = Annotated[IPv4Network | IPv6Network, _read_by(to_network)]
Package = Annotated[Requirement, _read_by(to_requirement)]
Line = Annotated[str, _read_by(to_line)]
Secrets = Annotated[tuple[str, ...], _read_by(to_secrets, str | list[str])]
Imap = Annotated[MailServer, _read_by(to_imap)]
Smtp = Annotated[MailServer, _read_by(to_smtp)]
