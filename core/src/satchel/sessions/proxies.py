"""Proxies: whom to believe about where a request came from."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
UNIX = "unix"


class Proxies:
    """The proxies that an operator trusts: addresses, networks, or ``unix`` for a local socket.

    What anybody else says in ``X-Forwarded-*`` is not looked at.
    """

    def __init__(self, trusted: Sequence[str] = ()) -> None:
        self._trusts_socket = UNIX in trusted
        self._networks = [ip_network(one, strict=False) for one in trusted if one != UNIX]

    def client(self, peer: str | None, forwarded_for: Sequence[str], real_ip: str = "") -> str:
        """Return the address of the client, or the peer's where that is all there is to believe.

        The lines of ``X-Forwarded-For`` are read from the right, past trusted hops; the first hop
        that is not trusted is the client. Words that are no address end the walk.
        """
        if not self.trust(peer):
            return _written(peer)
        hops = [hop.strip() for line in forwarded_for for hop in line.split(",")]
        nearest = _written(peer)
        for hop in reversed(hops):
            if _address(hop) is None:
                return nearest
            nearest = _written(hop)
            if not self.trust(hop):
                return nearest
        return nearest if hops or _address(real_ip) is None else _written(real_ip)

    def is_https(self, peer: str | None, forwarded_proto: Sequence[str]) -> bool:
        """Whether a trusted proxy says that the client spoke https to it."""
        said = forwarded_proto[-1].rpartition(",")[2] if forwarded_proto else ""
        return said.strip().lower() == "https" and self.trust(peer)

    def trust(self, peer: str | None) -> bool:
        """Whether this peer is one of the proxies."""
        if not peer:
            return self._trusts_socket
        address = _address(peer)
        return address is not None and any(address in network for network in self._networks)


def network_of(address: str) -> str:
    """Return what a client cannot change at will: the address, of IPv6 the first 64 bits."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found), 64), strict=False))
    return address if found is None else str(found)


def _written(peer: str | None) -> str:
    found = _address(peer or "")
    return (peer or "") if found is None else str(found)


def _address(text: str) -> Address | None:
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
