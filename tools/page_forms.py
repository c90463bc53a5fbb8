"""The forms and links of a page, as a browser without scripts sees them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """Where it is sent, and what would be sent if nobody typed anything."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Link:
    """Where a link leads, and its words."""

    address: str
    text: str = ""


class Page(HTMLParser):
    """Reads ``forms`` and ``links``, in the order of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms = list[Form]()
        self.links = list[Link]()
        self._inside: str | None = None
        self._select = ""
        self.feed(text)

    def form(self, name: str) -> Form:
        """The first form with a field of this name."""
        return next(form for form in self.forms if name in form.values)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag == "a" and "href" in given:
            self.links.append(Link(given["href"]))
        self._inside = tag if tag in ("a", "textarea") else self._inside
        if self.forms and tag in ("input", "textarea", "select", "option"):
            self._take(tag, given, self.forms[-1].values)

    def handle_data(self, data: str) -> None:
        if self._inside == "a" and self.links:
            self.links[-1].text += data
        elif self._inside == "textarea" and self.forms:
            self.forms[-1].values[self._select] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = None

    def _take(self, tag: str, given: dict[str, str], values: dict[str, str]) -> None:
        if tag == "option":
            if "selected" in given or not values[self._select]:
                values[self._select] = given.get("value", "")
            return
        name, kind = given.get("name", ""), given.get("type", "")
        if kind == "file" or (kind in ("checkbox", "radio") and "checked" not in given):
            return
        self._select = name
        values[name] = given.get("value", "")
