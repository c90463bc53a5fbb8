"""The commands that the site adds: ``satchel serve`` and ``satchel demo``."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Coroutine
from pathlib import Path

from satchel import Problem, StartupError, read_settings
from satchel_site.app import make_app
from satchel_site.serving import served, url_of, wait_for_end

DEFAULT_PORT = 8080


def serve(argv: list[str]) -> int:
    """Serve the site with the settings of a file."""
    parser = _parser("serve", "Serve the webmail with the settings of a file.")
    parser.add_argument("--config", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(argv)
    return _run(_serve(options.config, options.host, options.port))


def demo(argv: list[str]) -> int:
    """Show the site with mail servers of its own; nothing has to be installed or set."""
    parser = _parser("demo", "Show the webmail with mail servers and accounts of its own.")
    parser.add_argument("--data", type=Path, default=Path("satchel-demo"), metavar="FOLDER")
    options = parser.parse_args(argv)
    try:
        from satchel_site.showing import show_demo
    except ImportError as error:
        raise StartupError(
            [Problem(f"The demo needs more packages: {error}.", "pip install 'satchel-site[demo]'")]
        ) from error
    return _run(show_demo(options.data, options.host, options.port))


def say(line: str = "") -> None:
    """Print a line at once, also where the output goes into a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser(name: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(f"satchel {name}", description=description)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at")
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, help="0 takes a free one")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"“{text}” is not a port from 0 to 65535")
    return int(text)


def _run(work: Coroutine[None, None, None]) -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for chatty in ("asyncio", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    asyncio.run(work)
    return 0


async def _serve(config: Path, host: str, port: int) -> None:
    async with served(make_app(read_settings(config)), host, port) as taken:
        say(url_of(host, taken))
        await wait_for_end()
