"""The site's own files: known ones only, and for ever, because their address names the build."""

from aiohttp import web

from satchel_site.files import StaticFiles
from satchel_site.refusal import not_found

FILES: web.AppKey[StaticFiles] = web.AppKey("static_files", StaticFiles)
FOR_EVER = "public, max-age=31536000, immutable"


async def show_static(request: web.Request) -> web.StreamResponse:
    """Serve one file of this build."""
    files = request.app[FILES]
    found = files.by_name.get(request.match_info["name"])
    if found is None or request.match_info["build"] != files.build:
        raise not_found()
    headers = {"Content-Type": found.content_type, "Cache-Control": FOR_EVER}
    return web.Response(body=found.content, headers=headers)


async def show_robots(request: web.Request) -> web.StreamResponse:
    """Ask robots to stay away."""
    return web.Response(text="User-agent: *\nDisallow: /\n")
