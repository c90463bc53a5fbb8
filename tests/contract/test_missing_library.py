"""A library that was not installed with a plugin: what the doctor says to type."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.site import write_settings

MEMCACHED = {"memcache_hosts": ["127.0.0.1:11211"]}


@pytest.mark.parametrize(
    ("store", "library", "distribution"),
    [
        ({"session_storage": "memcache", **MEMCACHED}, "pymemcache", "satchel-session-memcache"),
        ({"attachment_storage": "redundant"}, "sqlalchemy", "satchel-attachments-redundant"),
    ],
)
def test_a_missing_library_is_named_with_what_to_type(
    store: dict[str, object], library: str, distribution: str, tmp_path: Path
) -> None:
    written = write_settings(tmp_path, {"secret": "s" * 32, "temp_dir": str(tmp_path), **store})
    program = (
        f"import sys; sys.modules[{library!r}] = None; from satchel.commands import main; "
        f"sys.exit(main(['doctor', '--config', {str(written)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert library in done.stdout
    assert f"pip install {distribution}" in done.stdout
    assert done.returncode == 1
