"""The sample site as an aiohttp application: it joins the parts."""

from collections.abc import Sequence

from aiohttp import web

import satchel
from satchel.settings import Settings
from satchel_site.armour import TRANSPORT, put_on
from satchel_site.body import STALLED_AFTER
from satchel_site.collecting import COLLECTING, finish_collecting
from satchel_site.failures import show_failures
from satchel_site.files import load_static_files
from satchel_site.known import KNOWN_ACCOUNTS, KnownAccount
from satchel_site.pages.static import FILES
from satchel_site.protection import refuse_foreign_requests
from satchel_site.rendering import TEMPLATES, load_templates
from satchel_site.routes import ROUTES, has_no_session

STALL_SECONDS = 30.0


def make_app(
    settings: Settings,
    accounts: Sequence[KnownAccount] = (),
    stalled_after: float = STALL_SECONDS,
) -> web.Application:
    """Return the site of these settings; ``StartupError`` with all that is wrong with them."""
    app = web.Application(middlewares=[show_failures])
    satchel.setup(app, settings, has_no_session)
    app.middlewares.append(refuse_foreign_requests)
    app.on_response_prepare.append(put_on)
    app.on_shutdown.append(finish_collecting)
    app[COLLECTING] = set()
    files = load_static_files()
    app[FILES] = files
    app[TEMPLATES] = load_templates(files, settings.product_name)
    app[KNOWN_ACCOUNTS] = tuple(accounts)
    app[STALLED_AFTER] = stalled_after
    app[TRANSPORT] = settings.use_https
    app.add_routes(ROUTES)
    return app
