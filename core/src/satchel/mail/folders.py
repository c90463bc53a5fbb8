"""The folders of an account, with their roles and how much in them is unread."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError
from imapclient.imap_utf7 import decode as decode_name
from imapclient.response_parser import parse_response

from satchel.mail.imap_session import ImapSession, check_folder_name, refusals

Role = Literal["inbox", "drafts", "sent", "archive", "junk", "trash"]

_FLAGS: Mapping[bytes, Role] = {
    b"\\drafts": "drafts",
    b"\\sent": "sent",
    b"\\archive": "archive",
    b"\\junk": "junk",
    b"\\trash": "trash",
}
_NAMES: Mapping[Role, tuple[str, ...]] = {
    "inbox": ("INBOX",),
    "drafts": ("Drafts", "Draft", "Entwürfe", "Brouillons", "Borradores", "Bozze"),
    "sent": (
        "Sent", "Sent Items", "Sent Messages", "Sent Mail", "Gesendet", "Gesendete Objekte",
        "Envoyés", "Enviados", "Inviata", "Verzonden",
    ),
    "archive": ("Archive", "Archives", "Archiv"),
    "junk": ("Junk", "Spam", "Junk E-mail", "Junk Email", "Bulk Mail"),
    "trash": ("Trash", "Deleted Items", "Deleted Messages", "Papierkorb", "Corbeille", "Cestino"),
}  # fmt: skip
_ROLES = tuple(_NAMES)


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder. `total` and `unread` are `None` where the server does not tell."""

    name: str
    label: str
    delimiter: str
    depth: int
    is_selectable: bool
    role: Role | None
    total: int | None
    unread: int | None


def list_folders(session: ImapSession) -> tuple[Folder, ...]:
    """Return all folders, each parent before its children, those with a role first."""
    found, counts = _list_with_counts(session)
    roles = _find_roles(found)
    folders = (
        _folder(name, delimiter, flags, roles.get(name), counts.get(name))
        for flags, delimiter, name in found
    )
    return tuple(sorted(folders, key=lambda folder: _order(folder, roles)))


def find_or_create(session: ImapSession, role: Role) -> str:
    """Return the name of the folder with this role, which exists afterwards."""
    found = list(_list(session, "()"))
    for name, known in _find_roles(found).items():
        if known == role:
            return name
    name = _personal_prefix(session) + _NAMES[role][0]
    create_folder(session, name)
    return name


def create_folder(session: ImapSession, name: str) -> None:
    """Create a folder and subscribe to it, so that other programs show it too."""
    check_folder_name(name)
    with refusals("create the folder"):
        session.client.create_folder(name)
        session.client.subscribe_folder(name)


def _list_with_counts(
    session: ImapSession,
) -> tuple[list[tuple[frozenset[bytes], str, str]], dict[str, tuple[int, int]]]:
    """Ask for everything at once where the server can, else folder by folder."""
    if session.has("LIST-STATUS"):
        wanted = "STATUS (MESSAGES UNSEEN)"
        found = list(_list(session, f"({_special_use(session)}{wanted})"))
        _, data = session.client._imap._untagged_response("OK", [None], "STATUS")
        return found, dict(_read_counts(data))
    # Without LIST-EXTENDED a server takes no options, and tells the roles without being asked.
    options = _special_use(session).strip() if session.has("LIST-EXTENDED") else ""
    found = list(_list(session, f"({options})"))
    return found, dict(_ask_counts(session, found))


def _list(session: ImapSession, options: str) -> Iterator[tuple[frozenset[bytes], str, str]]:
    """Yield flags in lower case, delimiter and name of each folder that has a readable name."""
    imap = session.client._imap
    imap.untagged_responses.pop("STATUS", None)
    extended = [] if options == "()" else ["RETURN", options]
    with refusals("list the folders"):
        typ, data = imap._simple_command("LIST", '""', '"*"', *extended)
        session.client._checkok("list", typ, data)
    _, lines = imap._untagged_response(typ, data, "LIST")
    items = parse_response([line for line in lines if line])
    for flags, delimiter, name in zip(items[::3], items[1::3], items[2::3], strict=True):
        try:
            text = decode_name(name) if isinstance(name, bytes) else str(name)
        except UnicodeError:
            continue
        known = frozenset(bytes(flag).lower() for flag in flags)
        yield known, (delimiter or b"").decode("ascii", "replace"), _canonical(text)


def _special_use(session: ImapSession) -> str:
    return "SPECIAL-USE " if session.has("SPECIAL-USE") else ""


def _read_counts(data: list[bytes]) -> Iterator[tuple[str, tuple[int, int]]]:
    items = parse_response([line for line in data if line])
    for name, values in zip(items[::2], items[1::2], strict=False):
        counts = dict(zip(values[::2], values[1::2], strict=False))
        text = decode_name(name) if isinstance(name, bytes) else str(name)
        yield _canonical(text), (int(counts[b"MESSAGES"]), int(counts[b"UNSEEN"]))


def _ask_counts(
    session: ImapSession, found: list[tuple[frozenset[bytes], str, str]]
) -> Iterator[tuple[str, tuple[int, int]]]:
    for flags, _, name in found:
        if not _is_selectable(flags):
            continue
        try:
            counts = session.client.folder_status(name, ["MESSAGES", "UNSEEN"])
        except (IMAPClientAbortError, ProtocolError):
            raise
        except IMAPClientError:
            continue  # no right to read it, or gone since: shown without numbers
        yield name, (int(counts[b"MESSAGES"]), int(counts[b"UNSEEN"]))


def _find_roles(found: list[tuple[frozenset[bytes], str, str]]) -> dict[str, Role]:
    """Give each role to one folder: the one the server marks, else the one with the name."""
    roles: dict[str, Role] = {}
    for flags, _, name in found:
        role = next((_FLAGS[flag] for flag in flags if flag in _FLAGS), None)
        if role and role not in roles.values():
            roles[name] = role
    labels = {
        name.removeprefix(f"INBOX{delimiter}").casefold(): name
        for flags, delimiter, name in found
        if _is_selectable(flags)
    }
    for role in _ROLES:
        named = next((labels[n.casefold()] for n in _NAMES[role] if n.casefold() in labels), None)
        if named and role not in roles.values() and named not in roles:
            roles[named] = role
    return roles


def _folder(
    name: str,
    delimiter: str,
    flags: frozenset[bytes],
    role: Role | None,
    counts: tuple[int, int] | None,
) -> Folder:
    path = name.split(delimiter) if delimiter else [name]
    total, unread = counts or (None, None)
    return Folder(
        name, path[-1], delimiter, len(path) - 1, _is_selectable(flags), role, total, unread
    )


def _order(folder: Folder, roles: Mapping[str, Role]) -> list[tuple[int, str, str]]:
    path = folder.name.split(folder.delimiter) if folder.delimiter else [folder.name]
    names = (folder.delimiter.join(path[: i + 1]) for i in range(len(path)))
    ranks = (_ROLES.index(roles[name]) if name in roles else len(_ROLES) for name in names)
    return [(rank, step.casefold(), step) for rank, step in zip(ranks, path, strict=True)]


def _is_selectable(flags: frozenset[bytes]) -> bool:
    return not flags & {b"\\noselect", b"\\nonexistent"}


def _canonical(name: str) -> str:
    return "INBOX" if name.upper() == "INBOX" else name


def _personal_prefix(session: ImapSession) -> str:
    if not session.has("NAMESPACE"):
        return ""
    with refusals("tell where folders belong"):
        personal = session.client.namespace().personal
    return str(personal[0][0]) if personal else ""
