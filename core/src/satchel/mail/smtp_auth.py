"""Signing in to an SMTP server."""

import base64
from collections.abc import Collection

from satchel.mail.errors import SmtpAuthRefused, SmtpUnavailable
from satchel.mail.server import Credentials
from satchel.mail.smtp_wire import Reply, SmtpWire


async def sign_in(
    wire: SmtpWire, credentials: Credentials, offered: Collection[str], seconds: float
) -> None:
    """Sign in by the best of the mechanisms offered.

    `SmtpAuthRefused` when the server says no for good, `SmtpUnavailable` when it cannot say.
    """
    if not credentials.usable:
        raise SmtpAuthRefused("The user name or the password has characters that cannot be sent.")
    reply = await _dialogue(wire, credentials, offered, seconds)
    if reply.code == 235:
        return
    if reply.code >= 500:
        raise SmtpAuthRefused(reply.text)
    raise SmtpUnavailable(f"The sending server cannot check the sign-in now: {reply.text}")


async def _dialogue(
    wire: SmtpWire, credentials: Credentials, offered: Collection[str], seconds: float
) -> Reply:
    if credentials.method == "xoauth2" and "XOAUTH2" in offered:
        reply = await _say(wire, f"AUTH XOAUTH2 {_coded(credentials.xoauth2())}", seconds)
        # A refusal comes as a challenge that explains it; an empty answer asks for the verdict.
        return await _say(wire, "", seconds) if reply.code == 334 else reply
    if credentials.method == "password" and "PLAIN" in offered:
        pair = f"\0{credentials.username}\0{credentials.password}"
        return await _say(wire, f"AUTH PLAIN {_coded(pair)}", seconds)
    if credentials.method == "password" and "LOGIN" in offered:
        reply = await _say(wire, "AUTH LOGIN", seconds)
        for secret in (credentials.username, credentials.password):
            if reply.code == 334:
                reply = await _say(wire, _coded(secret), seconds)
        return reply
    raise SmtpUnavailable("The sending server offers no way to sign in that this webmail knows.")


async def _say(wire: SmtpWire, line: str, seconds: float) -> Reply:
    wire.write(f"{line}\r\n".encode("ascii"))
    return await wire.read_reply(seconds)


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
