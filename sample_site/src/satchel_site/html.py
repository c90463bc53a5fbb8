"""A received message's HTML made harmless: one authority, on the server."""

import asyncio
import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import nh3
from markupsafe import Markup

from satchel_site.styles import clean_style
from satchel_site.tags import ALLOWED, tidy

MAX_HTML: Final = 2_000_000
MAX_PICTURE_IN_TEXT: Final = 1_000_000

COMMON = {"align", "bgcolor", "color", "dir", "height", "lang", "style", "title", "valign", "width"}
ATTRIBUTES = {
    "*": COMMON,
    "a": {"href", "name"},
    "blockquote": {"type"},
    "font": {"face", "size"},
    "img": {"alt", "border", "hspace", "src", "vspace"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing", "summary"},
    "td": {"abbr", "colspan", "headers", "rowspan", "nowrap"},
    "th": {"abbr", "colspan", "headers", "rowspan", "nowrap"},
    "ul": {"type"},
}
SCHEMES = {"cid", "data", "http", "https", "mailto", "tel"}
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
CONTENT_ID = re.compile(r"cid:[^\s\"'<>\\]{1,250}", re.IGNORECASE)
REMOTE = re.compile(r"https?://", re.IGNORECASE)
LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
IMAGE_TAG = re.compile(r"<img(?: [a-z]+=\"[^\"]*\")*>")
SOURCE = re.compile(r' src="(cid:[^"]*)"')
WORDS = re.compile(r' alt="([^"]*)"')

FindPart = Callable[[str], str | None]
"""Gives the address of the part with this content id, or ``None``."""


@dataclass(frozen=True, slots=True)
class CleanHtml:
    """Harmless HTML, and how many remote images were taken out of it."""

    content: Markup
    remote_images: int
    shortened: bool


async def clean_html(source: str, find_part: FindPart, *, images: bool = False) -> CleanHtml:
    """Clean in a thread, because much HTML takes long; ``images`` keeps remote ones.

    The same source gives the same answer, and cleaning twice changes nothing more.
    """
    return await asyncio.to_thread(clean_now, source, find_part, images=images)


def clean_now(source: str, find_part: FindPart, *, images: bool = False) -> CleanHtml:
    """Clean here; only for callers that may block."""
    cleaned = sanitise(source[:MAX_HTML], images=images)
    content = IMAGE_TAG.sub(lambda tag: _place_part(tag[0], find_part), str(cleaned.content))
    return replace(cleaned, content=Markup(content), shortened=len(source) > MAX_HTML)  # noqa: S704


def sanitise(source: str, *, images: bool = False) -> CleanHtml:
    """Take out all that can run, load, navigate or cover; ``cid:`` addresses stay."""
    checker = _Checker(images=images)
    content = nh3.clean(
        tidy(source),
        tags=set(ALLOWED),
        clean_content_tags=set(),
        attributes=ATTRIBUTES,
        attribute_filter=checker.check,
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return CleanHtml(Markup(content), checker.remote_images, shortened=False)  # noqa: S704


class _Checker:
    """Looks at every attribute that nh3 would keep."""

    def __init__(self, *, images: bool) -> None:
        self.remote_images = 0
        self._images = images

    def check(self, tag: str, attribute: str, value: str) -> str | None:
        """Return the value to keep, or ``None`` to drop the attribute."""
        if attribute == "style":
            return clean_style(value) or None
        if attribute == "src":
            return self._picture(value.strip())
        if attribute == "href":
            return value.strip() if LINK.match(value.strip()) else None
        if attribute in {"width", "height"} and not re.fullmatch(r"\d{1,4}%?", value):
            return None
        return value

    def _picture(self, value: str) -> str | None:
        if CONTENT_ID.fullmatch(value):
            return value
        if PICTURE.fullmatch(value):
            return value if len(value) <= MAX_PICTURE_IN_TEXT else None
        if not REMOTE.match(value):
            return None
        self.remote_images += 1
        return value if self._images else None


def _place_part(tag: str, find_part: FindPart) -> str:
    """Point an image at its part of the message; one that cannot be shown becomes its words."""
    if " src=" not in tag:
        return _words_of(tag)
    match = SOURCE.search(tag)
    if match is None:
        return tag
    url = find_part(html.unescape(match[1]).split(":", 1)[1])
    if url is None:
        return _words_of(tag)
    return f'{tag[: match.start()]} src="{html.escape(url)}"{tag[match.end() :]}'


def _words_of(tag: str) -> str:
    match = WORDS.search(tag)
    words = html.unescape(match[1]).strip() if match else ""
    return f"<span>{html.escape(words)}</span>" if words else ""
