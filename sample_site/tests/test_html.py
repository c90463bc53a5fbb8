"""What a hostile message may not do to its reader."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from satchel_site.html import clean_html, clean_now, sanitise
from satchel_site.tags import ALLOWED

SCRIPTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#9;script:alert(1)">x</a>',
    '<a href="\x01javascript:alert(1)">x</a>',
    '<a href="&#x6a avascript:alert(1)">x</a>',
    '<a href="vbscript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<svg><a><animate attributeName=href values="javascript:alert(1)"/>x</a></svg>',
    '<svg><a><animate attributeName="href " from="javascript:alert(1)" to="1"/>x</a></svg>',
    '<svg><a><set attributeName=href to="javascript:alert(1)"/>x</a></svg>',
    "<svg><animate attributeName=style values=filter:url(//t)></svg>",
    '<svg><use href="data:image/s&#10;vg+xml;base64,PHN2Zz4=#x"></use></svg>',
    "<math><mtext><table><mglyph><style><!--</style>"
    '<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<math><annotation-xml encoding="text/html"><style><img src=x onerror=1></style>',
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--a--!><img src=x onerror=alert(1)>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml ?><img src=x onerror=alert(1)>",
    "<scr\x00ipt>alert(1)</script>",
    "<img src=`x`onerror=alert(1)>",
    '<p xmlns="\\" onload=\\"alert(1)">x</p>',
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>',
    "<title><img src=x onerror=alert(1)></title>",
    "<form action=//t><input name=x><button formaction=javascript:alert(1)>x</button></form>",
]
LOADERS = [
    "<base href=//t/>",
    "<meta http-equiv=refresh content='0;url=//t'>",
    "<link rel=stylesheet href=//t>",
    "<object data=//t></object><embed src=//t><applet code=//t></applet>",
    "<frameset><frame src=//t></frameset><portal src=//t></portal><iframe src=//t></iframe>",
    "<img src=//t.example/x>",
    "<img src=https://t.example/x>",
    '<img srcset="https://t.example/x 2x">',
    "<picture><source srcset=https://t.example/x></picture>",
    "<input src=https://t.example/x type=image>",
    "<video poster=https://t.example/x></video>",
    "<audio src=https://t.example/x></audio><track src=https://t.example/x>",
    "<table background=https://t.example/x><tr><td background=https://t.example/x>",
    '<body background="data:image/png,x);background:url(//t.example)">',
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    '<p style="background:url(//t.example)">x</p>',
    "<p style=\"background-color:image-set('//t.example' 1x)\">x</p>",
    '<p style="color:cross-fade(url(//t.example),red)">x</p>',
    '<p style="--x:url(//t.example);background-color:var(--x)">x</p>',
    '<p style="width:attr(title)">x</p>',
    '<p style="color:u\\72l(//t.example)">x</p>',
    '<p style="b\\61ckground:url(//t.example)">x</p>',
    '<p style="color:u/**/rl(//t.example)">x</p>',
    '<p style="color:url(//t.example">x</p>',
    '<p style="color:url(&quot;//t.example&quot;)">x</p>',
    "<style>p{background:url(//t.example)}</style><p>x</p>",
]
LOADING = {"srcset", "poster", "background", "action", "formaction", "ping", "data"}
DANGEROUS = re.compile(
    r"script:|url\(|^//|^data:(?!image/(?:png|gif|jpeg|webp);)|[(]", re.IGNORECASE
)


class Reader(HTMLParser):
    """Collects the tags of a document, with their attributes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def no_part(_: str) -> None:
    return None


def clean(source: str) -> str:
    return str(sanitise(source).content)


@pytest.mark.parametrize("source", SCRIPTS + LOADERS)
def test_nothing_that_runs_or_loads_is_left(source: str) -> None:
    for tag, attributes in Reader(clean(source)).tags:
        assert tag in ALLOWED
        assert not [name for name in attributes if name.startswith("on") or name in LOADING]
        assert not [n for n in ("href", "src", "style") if DANGEROUS.search(attributes.get(n, ""))]
        assert tag != "img" or not attributes.get("src", "").startswith("http")


@pytest.mark.parametrize("href", ["/logout", "?action=send", "#x", "//t.example", "logout"])
def test_relative_addresses_are_taken_away(href: str) -> None:
    assert "href" not in clean(f'<a href="{href}" target=_self>x</a>')


def test_links_open_elsewhere_and_tell_nothing() -> None:
    cleaned = clean('<a href="https://x.example" ping=//t rel=opener target=_top>x</a>')

    expected = '<a href="https://x.example" target="_blank" rel="noopener noreferrer">x</a>'
    assert expected == cleaned


@pytest.mark.parametrize(
    "style",
    ["position:fixed", "position:absolute;top:0", "margin-top:-9999px", "z-index:9", "content:'x'"],
)
def test_nothing_can_lie_over_other_things(style: str) -> None:
    assert "style" not in clean(f'<div style="{style}">x</div>')


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("color: red", "color:red"),
        (
            "border-bottom-width:1px;font-variant:normal",
            "border-bottom-width:1px;font-variant:normal",
        ),
        ("COLOR:rgb(1, 2,3)", "color:rgb(1, 2,3)"),
        ("font-family: Segoe UI, Arial", "font-family:Segoe UI, Arial"),
        ("padding:0 4px;position:fixed;width:50%", "padding:0 4px;width:50%"),
        ("background:#fff;text-align:center", "text-align:center"),
    ],
)
def test_harmless_styles_stay(style: str, expected: str) -> None:
    cleaned = clean(f'<p style="{style}">x</p>')

    assert f'style="{expected}"' in cleaned


def test_remote_images_are_counted_and_come_only_when_asked_for() -> None:
    source = "<img src=https://t.example/1><img src=http://t.example/2><img src=cid:a>"

    blocked, shown = sanitise(source), sanitise(source, images=True)

    assert (blocked.remote_images, shown.remote_images) == (2, 2)
    assert "t.example" not in blocked.content
    assert 'src="https://t.example/1"' in shown.content


def test_a_content_id_becomes_the_address_of_its_part() -> None:
    cleaned = clean_now('<img src="cid:a@b">', {"a@b": "/m/INBOX/1/cid/2"}.get)

    assert cleaned.content == '<img src="/m/INBOX/1/cid/2">'


@pytest.mark.parametrize("cid", ["nobody", 'x"><script>', "a b", "../x"])
def test_a_strange_content_id_shows_no_picture(cid: str) -> None:
    assert "src" not in clean_now(f"<img src='cid:{cid}'>", no_part).content


def test_text_that_looks_like_an_image_is_left_alone() -> None:
    source = '<p>&lt;img src="cid:a"&gt;</p>'

    assert source == clean_now(source, {"a": "/x"}.get).content


def test_a_data_picture_has_to_be_a_picture_and_small() -> None:
    assert "src" in clean("<img src='data:image/png;base64,iVBORw0KGgo='>")
    assert "src" not in clean("<img src='data:image/svg+xml;base64,iVBORw0KGgo='>")
    assert "src" not in clean(f"<img src='data:image/png;base64,{'A' * 1_000_001}'>")


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 100_000,
        "<b>" * 100_000 + "x",
        "<p><font color=1><!--</font>-->" * 30_000,
        '<a title="' * 50_000,
        "<svg>" * 100_000,
        "<svg><math><object>" * 30_000,
        "<table><td>" * 50_000,
        "<!--" * 100_000,
        "</div>" * 100_000,
        "<a " + " " * 300_000 + "b",
        '<p style="' + "(" * 100_000 + '">',
    ],
)
def test_deep_or_broken_html_takes_little_time(source: str) -> None:
    started = time.process_time()
    sanitise(source)

    assert time.process_time() - started < 5


@pytest.mark.parametrize("start", ["<embed src=//t>", "<svg>", "<object>", "<form>", "<math><p>"])
def test_text_after_a_tag_that_is_dropped_stays(start: str) -> None:
    assert "Dear customer" in clean(f"{start}<p>Dear customer</p>")


def test_nothing_is_nested_deeper_than_two_hundred() -> None:
    assert clean("<div>" * 1000).count("<div>") == 200


async def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    cleaned = await clean_html("<p>" + "x" * 2_100_000, no_part)

    assert cleaned.shortened
    assert len(cleaned.content) < 2_000_100


PIECES = [
    "<",
    ">",
    '"',
    "'",
    "&",
    "=",
    "/",
    "<!--",
    "-->",
    "x",
    "&lt;",
    "é",
    "]]>",
    "<p>",
    "</p>",
    "<table>",
    "<td>",
    "</table>",
    "<b>",
    "</b>",
    "<i>",
    "<pre>",
    "</pre>",
    "<style>",
    "</style>",
    "<svg>",
    "<math>",
    "<li>",
    "<ul>",
    "<h1>",
    "<center>",
    "<tr>",
    "<caption>",
    "<col>",
    "<hr>",
    "<br>",
    "<title>",
    "<a>",
    "</a>",
    "<blockquote>",
    "<nobr>",
]
LONG_PIECES = [
    "\n",
    "\0",
    "<a href=https://x>",
    "<img src=cid:a>",
    '<p style="color:red">',
    "<font size=1>",
]
FRAGMENTS = st.lists(st.sampled_from(PIECES + LONG_PIECES), max_size=30).map("".join)


@example("<a><table><a>")
@example("<a><table><b><a>")
@example("<li><table><li>")
@example("<h1><a><h1><a>")
@given(FRAGMENTS | st.text())
def test_cleaning_twice_changes_nothing_more(source: str) -> None:
    once = clean(source)

    assert once == clean(once)


@given(st.text())
def test_no_text_breaks_the_cleaner(source: str) -> None:
    assert "<script" not in clean(f"<div {source}>{source}<img src={source}>").lower()
