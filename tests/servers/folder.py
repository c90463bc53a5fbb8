"""A private folder that a server's own, lesser user can reach."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def open_server_folder(name: str) -> Iterator[Path]:
    """Yield a fresh folder with a short path, and delete it afterwards.

    pytest's own folders are closed to everybody but the user who runs the tests, and their
    paths are too long for a Unix socket.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"satchel-{name}-"))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
