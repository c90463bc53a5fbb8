"""What no single setting shows: secrets that are none, and settings that contradict each other."""

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from satchel.errors import Problem
from satchel.mail.server import MailServer
from satchel.settings.unknown import meant
from satchel.settings.words import HOUR, MINUTE, Words
from satchel.settings.written import Written, is_world_readable

SHORTEST = 32
FEWEST_LETTERS = 8
DEFAULTS = ("rcmail-!24bytedeskey*str", "changeme", "change-me", "change me", "example", "secret")
MAKE_ONE = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


def judge(words: Words, faulty: Collection[str], written: Written) -> Iterator[Problem]:
    """Find what is wrong although every value by itself is allowed."""
    if "secret" not in faulty:
        yield from _secrets(words, written)
    if words.session_lifetime * MINUTE > words.session_lifetime_max * HOUR:
        yield Problem(
            "session_lifetime (minutes) is longer than session_lifetime_max (hours).",
            "Make session_lifetime_max longer, or session_lifetime shorter.",
        )
    for name in words.optional:
        if name not in words.plugins:
            yield Problem(
                f'"{name}" is in "optional" but not in "plugins"; stores and wrappers never are.',
                meant(name, words.plugins) or 'Name it in "plugins", or delete it.',
            )
    if words.mail_ca_file is not None and not words.mail_ca_file.is_file():
        yield Problem(
            f'"mail_ca_file" names "{words.mail_ca_file}", and there is no such file.',
            "Put the certificate of the authority there, or correct the path.",
        )


def warnings_about(words: Words, written: Written) -> Iterator[Problem]:
    """Find what works, but not as an operator would want it."""
    yield from _readable_secrets(written)
    for name, server in (("imap_host", words.imap_host), ("smtp_host", words.smtp_host)):
        if server.tls == "none" and not _is_here(server):
            yield Problem(
                f'"{name}" sends passwords to {server.host} without TLS.',
                f'Write "tls://{server.host}" or "ssl://{server.host}".',
            )


def _secrets(words: Words, written: Written) -> Iterator[Problem]:
    if not words.secret:
        yield Problem(
            '"secret" is not set.',
            f"Keep a random one of your own in {written.source}; this makes one: {MAKE_ONE}",
        )
    for index, secret in enumerate(words.secret, 1):
        which = f" (the {index}. of the list)" if len(words.secret) > 1 else ""
        if len(secret) < SHORTEST:
            wrong = f"has {len(secret)} characters; {SHORTEST} is the least"
        elif _is_guessable(secret):
            wrong = "can be guessed"
        else:
            continue
        yield Problem(f'"secret"{which} {wrong}.', f"This makes one: {MAKE_ONE}")


def _is_guessable(secret: str) -> bool:
    lower = secret.lower()
    return len(set(secret)) < FEWEST_LETTERS or any(lower.startswith(one) for one in DEFAULTS)


def _readable_secrets(written: Written) -> Iterator[Problem]:
    raw = written.get(("secret",))
    for one in raw if isinstance(raw, list) else [raw]:
        if isinstance(one, Mapping):
            path = one.get("file")
        else:
            path = written.source if one and ("secret",) not in written.variables else None
        if isinstance(path, str) and is_world_readable(Path(path)):
            yield Problem(
                f'Everybody on this machine can read the secret in "{path}".',
                f"chmod o-rwx {path}",
            )


def _is_here(server: MailServer) -> bool:
    if server.host == "localhost" or server.host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(server.host).is_loopback
    except ValueError:
        return False
