"""Distributions installed for one test, and settings that name the memory stores."""

import secrets
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from satchel.settings import Settings, settings_from

SESSIONS = "satchel_hookspecs:MemorySessions"
ATTACHMENTS = "satchel_hookspecs:MemoryAttachments"

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install a distribution: its metadata, its entry points, and one module named after it."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    before = set(sys.modules)

    def installing(
        name: str,
        entry_points: Mapping[str, Mapping[str, str]] | str,
        code: str = "",
        *,
        version: str = "1.0",
        requires: tuple[str, ...] = ("satchel-hookspecs>=0.1,<0.2",),
    ) -> Path:
        module = name.replace("-", "_")
        info = site / f"{module}-{version}.dist-info"
        info.mkdir()
        head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        needed = "".join(f"Requires-Dist: {one}\n" for one in requires)
        (info / "METADATA").write_text(head + needed)
        (info / "entry_points.txt").write_text(_entry_points(entry_points))
        (site / f"{module}.py").write_text(textwrap.dedent(code))
        return site

    yield installing
    for imported in set(sys.modules) - before:
        if not imported.startswith("satchel"):
            del sys.modules[imported]


@pytest.fixture
def settings_of() -> Callable[..., Settings]:
    """Settings with the memory stores, and what the test writes on top."""

    def making(environ: Mapping[str, str] | None = None, **written: object) -> Settings:
        sound = {
            "secret": secrets.token_urlsafe(48),
            "session_storage": SESSIONS,
            "attachment_storage": ATTACHMENTS,
        }
        kept = {name: value for name, value in (sound | written).items() if value is not None}
        return settings_from(kept, environ, "satchel.toml")

    return making


def _entry_points(written: Mapping[str, Mapping[str, str]] | str) -> str:
    if isinstance(written, str):
        return written
    lines = list[str]()
    for group, names in written.items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in names.items())]
    return "\n".join(lines) + "\n"
