"""Certificates for servers on this machine, from an authority made for one test run."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class Certificates:
    """The authority that clients trust, with certificates it did and did not mean for us."""

    authority: Path
    certificate: Path
    key: Path
    wrong_name_certificate: Path
    wrong_name_key: Path

    def client_context(self) -> ssl.SSLContext:
        """Return a context that trusts this authority and checks names."""
        return ssl.create_default_context(cafile=str(self.authority))

    def server_context(self) -> ssl.SSLContext:
        """Return a context for a server that is called localhost."""
        return _server_context(self.certificate, self.key)

    def wrong_name_context(self) -> ssl.SSLContext:
        """Return a context for a server whose certificate names another host."""
        return _server_context(self.wrong_name_certificate, self.wrong_name_key)


def issue_certificates(folder: Path) -> Certificates:
    """Make an authority and what it signed, as files in a folder."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    _issue(authority, folder / "server", "localhost", "127.0.0.1")
    _issue(authority, folder / "wrong", "elsewhere.example")
    return Certificates(
        folder / "authority.pem",
        folder / "server.pem",
        folder / "server.key",
        folder / "wrong.pem",
        folder / "wrong.key",
    )


def _issue(authority: trustme.CA, place: Path, *names: str) -> None:
    leaf = authority.issue_cert(*names)
    certificate = place.with_suffix(".pem")
    for index, blob in enumerate(leaf.cert_chain_pems):
        blob.write_to_path(certificate, append=index > 0)
    leaf.private_key_pem.write_to_path(place.with_suffix(".key"))


def _server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context
