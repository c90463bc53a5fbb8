"""The least that sending a file takes: base64 in lines, straight into a TLS connection."""

import smtplib
import ssl
from base64 import encodebytes
from collections.abc import Iterable
from time import perf_counter

from tests.bench.sink import Sink


def send_plainly(sink: Sink, chunks: Iterable[bytes]) -> float:
    """Send the chunks as the body of a message and return the seconds that took."""
    with smtplib.SMTP(sink.host, sink.port) as smtp:
        smtp.starttls(context=_trusting_all())
        begun = perf_counter()
        smtp.mail("ana@example.test")
        smtp.rcpt("ana@example.test")
        smtp.docmd("DATA")
        for chunk in chunks:
            smtp.send(encodebytes(chunk).replace(b"\n", b"\r\n"))
        smtp.send(b".\r\n")
        smtp.getreply()
        return perf_counter() - begun


def _trusting_all() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
