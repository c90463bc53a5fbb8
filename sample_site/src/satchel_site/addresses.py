"""The addresses of pages."""

from urllib.parse import quote, urlencode, urlsplit

from satchel_site.refusal import not_found


def folder_url(folder: str) -> str:
    """The page of a folder; its name may have any letters, slashes too."""
    return f"/m/{quote(folder, safe='')}"


def message_url(folder: str, uidvalidity: int, uid: int) -> str:
    """The page of a message; it names the folder's numbering, so that it never shows another."""
    return f"{folder_url(folder)}/{uidvalidity}-{uid}"


def compose_url(group: str) -> str:
    """The page of a draft."""
    return f"/compose/{group}"


def with_query(url: str, **values: str | int) -> str:
    """Add what is not empty as a query."""
    given = {name: value for name, value in values.items() if value not in ("", 0)}
    return f"{url}?{urlencode(given)}" if given else url


def read_id(text: str) -> tuple[int, int]:
    """Read a message's ``uidvalidity`` and ``uid`` from its address."""
    uidvalidity, _, uid = text.partition("-")
    return read_number(uidvalidity), read_number(uid)


def read_number(text: str, most: int = 2**32 - 1) -> int:
    """Read a number written in the ten digits that everybody has; anything else is not found."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise not_found()
    number = int(text)
    if number > most:
        raise not_found()
    return number


def own_path(text: str) -> str:
    """Return a path of this site, or the start page for anything that leads elsewhere."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    leads_away = parts.scheme or parts.netloc or not text.startswith("/")
    if leads_away or text.startswith(("//", "/\\")) or any(c <= " " or c == "\\" for c in text):
        return "/"
    return text
