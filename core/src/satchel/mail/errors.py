"""What can go wrong with mail, each in a sentence for the person at the screen."""

from collections.abc import Mapping, Sequence


class MailError(Exception):
    """Something about a message, an address or a mail server is not as it should be."""

    @property
    def text(self) -> str:
        """The sentence to show to the user."""
        return str(self)


class AddressError(MailError):
    """Some of the addresses that were typed cannot be used; nothing was sent."""

    def __init__(self, refused: Sequence[tuple[str, str]]) -> None:
        self.refused = tuple(refused)
        super().__init__(" ".join(f"“{_shown(piece)}” {why}." for piece, why in self.refused))


class HeaderRefused(MailError):
    """A header name or value may not stand in a message."""


class MessageDamaged(MailError):
    """The written message is not the message that was meant, so it is not sent."""


class PartLengthDiffers(MailError):
    """An attachment gave fewer or more bytes than it was announced with."""

    def __init__(self, filename: str, expected: int, found: int) -> None:
        self.filename = filename
        self.expected = expected
        self.found = found
        super().__init__(
            f"“{_shown(filename)}” should have {expected} bytes but gave {found}. "
            "Nothing was sent; attach the file again."
        )


class MailServerUnavailable(MailError):
    """The mail server is down, too slow, or speaks nonsense; trying again may help."""


class LoginRefused(MailError):
    """The mail server does not accept this user name and password."""

    def __init__(self, text: str = "The user name or the password is wrong.") -> None:
        super().__init__(text)


class MailServerRefused(MailError):
    """The mail server understood and said no."""

    def __init__(self, action: str, reply: str) -> None:
        self.reply = shorten(reply)
        super().__init__(f"The mail server did not {action}: {self.reply}")


class MailboxFull(MailServerRefused):
    """The account has no room left for another message."""


class FolderNameRefused(MailError):
    """No folder can have this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"“{_shown(name)}” cannot be the name of a folder.")


class FolderMissing(MailError):
    """The account has no such folder."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no folder “{_shown(name)}”.")


class FolderChanged(MailError):
    """The server has renumbered the folder, so a link to a message in it is no longer good."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The folder “{_shown(name)}” has changed. Open it again.")


class MessageMissing(MailError):
    """The message is not in this folder, or not any more."""

    def __init__(self) -> None:
        super().__init__("This message is not in the folder any more.")


class PartMissing(MailError):
    """The message has no such part."""

    def __init__(self) -> None:
        super().__init__("This message has no such attachment.")


class SmtpUnavailable(MailServerUnavailable):
    """The sending server could not take the message now; nothing was sent."""


class SmtpAuthRefused(LoginRefused):
    """The sending server does not accept the user name and password; nothing was sent."""

    def __init__(self, reply: str) -> None:
        self.reply = shorten(reply)
        super().__init__(f"The sending server refused the sign-in: {self.reply}")


class RecipientsRefused(MailError):
    """The sending server refuses some recipients, so the message went to nobody."""

    def __init__(self, refused: Mapping[str, str]) -> None:
        self.refused = {address: shorten(reply) for address, reply in refused.items()}
        reasons = "; ".join(f"“{_shown(address)}”: {why}" for address, why in self.refused.items())
        super().__init__(f"Nothing was sent. The sending server refused {reasons}")


class MessageRefused(MailError):
    """The sending server refused the message; nothing was sent."""

    def __init__(self, reply: str, *, temporary: bool = False) -> None:
        self.reply = shorten(reply)
        self.temporary = temporary
        super().__init__(f"Nothing was sent. The sending server said: {self.reply}")


class OutcomeUnknown(MailError):
    """The message was handed over whole, but the server's answer never came."""

    def __init__(self) -> None:
        super().__init__("We do not know whether the message went out. Look for it in Sent.")


def shorten(text: str, limit: int = 300) -> str:
    """Return a server's words on one line, without control characters and not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _shown(text: str) -> str:
    return shorten(text, 80)
