"""Certificates for servers on this machine, from an authority made for one test run."""

import datetime
import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Certificates:
    """The authority that clients trust, with certificates it did and did not mean for us."""

    authority: Path
    certificate: Path
    key: Path
    wrong_name_certificate: Path
    wrong_name_key: Path
    revocations: Path

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
    _revoke(authority, folder / "server.pem", folder / "revoked.pem")
    return Certificates(
        folder / "authority.pem",
        folder / "server.pem",
        folder / "server.key",
        folder / "wrong.pem",
        folder / "wrong.key",
        folder / "revoked.pem",
    )


def _issue(authority: trustme.CA, place: Path, *names: str) -> None:
    leaf = authority.issue_cert(*names)
    certificate = place.with_suffix(".pem")
    for index, blob in enumerate(leaf.cert_chain_pems):
        blob.write_to_path(certificate, append=index > 0)
    leaf.private_key_pem.write_to_path(place.with_suffix(".key"))


def _revoke(authority: trustme.CA, certificate: Path, place: Path) -> None:
    """Write the list in which the authority takes a certificate back."""
    issuer = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    key = serialization.load_pem_private_key(authority.private_key_pem.bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    today, serial = datetime.datetime.now(datetime.UTC), _serial(certificate)
    taken_back = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(today)
    written = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(today - datetime.timedelta(days=1))
        .next_update(today + datetime.timedelta(days=1))
        .add_revoked_certificate(taken_back.build())
    )
    listed = written.sign(key, hashes.SHA256())
    place.write_bytes(listed.public_bytes(serialization.Encoding.PEM))


def _serial(certificate: Path) -> int:
    return x509.load_pem_x509_certificate(certificate.read_bytes()).serial_number


def _server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context
