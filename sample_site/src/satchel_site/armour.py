"""The headers that keep a browser from doing what a page of ours never wants."""

from aiohttp import web

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {pictures}; form-action 'none'; "
    f"base-uri 'none'; frame-ancestors 'self'; sandbox {SANDBOX}"
)
OWN_PICTURES = "'self' data:"
ALL_PICTURES = "'self' data: https: http:"

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Content-Security-Policy": PAGE_POLICY,
    "Cache-Control": "no-store",
}
STRICT_TRANSPORT = "max-age=31536000"
TRANSPORT: web.AppKey[bool] = web.AppKey("uses_https", bool)


async def put_on(request: web.Request, response: web.StreamResponse) -> None:
    """Add every header that the handler did not set itself."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.app[TRANSPORT]:
        response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    response.headers.popall("Server", None)  # nobody has to know what runs here
