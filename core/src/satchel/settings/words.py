"""The words that operators write at the top level of the settings."""

import re
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from satchel.mail.server import MailServer
from satchel.settings.values import (
    Imap,
    Line,
    Name,
    Network,
    Package,
    Secrets,
    Size,
    Smtp,
)

MINUTE, HOUR, DAY = 60, 3600, 86400
YEARS = 10 * 366 * DAY
LOCAL_IMAP = MailServer("localhost", 143, "none")
LOCAL_SMTP = MailServer("localhost", 587, "none")

Minutes = Annotated[float, Field(gt=0, le=YEARS / MINUTE, allow_inf_nan=False)]
Hours = Annotated[float, Field(gt=0, le=YEARS / HOUR, allow_inf_nan=False)]
Days = Annotated[float, Field(ge=0, le=YEARS / DAY, allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0, le=HOUR, allow_inf_nan=False)]
Cookie = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The settings of the host itself; what plugins read stands beside them in the same file.

    ``session_lifetime`` is in minutes without a request, ``session_lifetime_max`` in hours since
    sign-in, ``keep_signed_in`` in days for those who ask for it (0 offers it to nobody),
    ``gc_interval`` in minutes, timeouts in seconds.
    """

    product_name: Line = "satchel"
    secret: Secrets = field(default=(), repr=False)
    node: Line = field(default_factory=socket.gethostname)

    session_storage: Name = "db"
    session_wrap: tuple[Name, ...] = ()
    record_storage: Name | None = None
    attachment_storage: Name = "filesystem"
    attachment_wrap: tuple[Name, ...] = ()
    plugins: tuple[Name, ...] = ()
    optional: tuple[Name, ...] = ()
    allow: tuple[Package, ...] | None = None
    start_timeout: Seconds = 90.0
    gc_interval: Minutes = 10.0

    session_lifetime: Minutes = 30.0
    session_lifetime_max: Hours = 12.0
    keep_signed_in: Days = 30.0
    session_name: Cookie = "satchel_session"

    use_https: bool = True
    proxy_whitelist: tuple[Network, ...] = ()
    trusted_host_patterns: tuple[re.Pattern[str], ...] = ()

    max_message_size: Size = 100 * 2**20
    imap_host: Imap = LOCAL_IMAP
    smtp_host: Smtp = LOCAL_SMTP
    smtp_user: str = "%u"
    smtp_pass: str = field(default="%p", repr=False)
    mail_ca_file: Path | None = None
    imap_timeout: Seconds = 20.0
    smtp_timeout: Seconds = 30.0
