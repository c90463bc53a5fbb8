"""The settings of one installation, with all that is wrong with them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from satchel.errors import Problem
from satchel.mail.server import MailServer
from satchel.settings.check import check
from satchel.settings.judge import judge, warnings_about
from satchel.settings.words import DAY, HOUR, MINUTE, Words
from satchel.settings.written import Written, read_file, written

WORDS = tuple(one.name for one in fields(Words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Words):
    """The operator's words, and what is written for plugins beside them.

    What is wrong is kept in ``problems``; ``satchel.setup`` refuses it together with all that is
    wrong with the plugins. A faulty setting has its default value here.
    """

    written: Written = field(repr=False)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def idle_seconds(self) -> int:
        """How long a session lives without a request."""
        return max(1, round(self.session_lifetime * MINUTE))

    @property
    def absolute_seconds(self) -> int:
        """How long a session lives since sign-in."""
        return max(1, round(self.session_lifetime_max * HOUR))

    @property
    def kept_seconds(self) -> int:
        """How long a session lives for those who stay signed in; 0 when nobody may."""
        return round(self.keep_signed_in * DAY)

    @property
    def imap(self) -> MailServer:
        """The server that mail is read from."""
        return self._server(self.imap_host, self.imap_timeout)

    @property
    def smtp(self) -> MailServer:
        """The server that mail is sent through."""
        return self._server(self.smtp_host, self.smtp_timeout)

    def _server(self, host: MailServer, timeout: float) -> MailServer:
        ca_file = str(self.mail_ca_file) if self.mail_ca_file else None
        return replace(host, ca_file=ca_file, timeout=timeout)


def read_settings(path: Path | str, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings file, with the environment on top.

    Never raises for what an operator may write; look at ``problems``.
    """
    values, problems = read_file(Path(path))
    return _examined(values, str(path), os.environ if environ is None else environ, problems)


def settings_from(
    values: Mapping[str, object],
    environ: Mapping[str, str] | None = None,
    source: str = "the application's settings",
) -> Settings:
    """Take the settings from a mapping in the shape of the file, without any file."""
    return _examined(values, source, {} if environ is None else environ, [])


def _examined(
    values: Mapping[str, object], source: str, environ: Mapping[str, str], problems: list[Problem]
) -> Settings:
    found, misnamed = written(values, source, environ)
    checked = check(Words, {name: (name,) for name in WORDS}, found)
    words = checked.value or _sound(found, checked.faulty)
    wrong = [*problems, *misnamed, *checked.problems, *judge(words, checked.faulty, found)]
    return Settings(
        **{name: getattr(words, name) for name in WORDS},
        written=found,
        problems=tuple(wrong),
        warnings=tuple(warnings_about(words, found)),
    )


def _sound(found: Written, faulty: frozenset[str]) -> Words:
    keys = {name: (name,) for name in WORDS if name not in faulty}
    return check(Words, keys, found).value or Words()
