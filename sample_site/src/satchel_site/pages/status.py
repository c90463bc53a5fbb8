"""Health for balancers and operators; these pages have no session and need none."""

from aiohttp import web

from satchel.setup import HOST


async def show_live(request: web.Request) -> web.StreamResponse:
    """Say that the process answers, whatever it depends on."""
    return web.json_response({"status": "ok"})


async def show_ready(request: web.Request) -> web.StreamResponse:
    """Say whether requests may be sent here, and how each plugin is."""
    report = await request.app[HOST].health()
    parts = {one.label: {"status": one.health.state} for one in report.plugins}
    body = {"status": report.state, "components": parts}
    return web.json_response(body, status=200 if report.is_ready else 503)
