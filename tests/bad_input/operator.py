"""Somebody who types `satchel serve`, and how that ends."""

import os
import secrets
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from satchel.commands import main
from tests.servers.site import serve_command, to_toml

LATEST = 30


@dataclass(frozen=True)
class End:
    """How the command ended."""

    code: int
    said: str

    @property
    def problems(self) -> list[str]:
        """Each problem's sentence."""
        return [line for line in self.said.splitlines() if line.startswith("satchel: ")]


@dataclass(frozen=True)
class Operator:
    """Somebody who types `satchel serve` in a folder of their own."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def install(self, name: str, group: str, entry: str, code: str, requires: str = "") -> None:
        """Install a package with one plugin."""
        module = name.replace("-", "_")
        info = self.folder / f"{module}-1.0.dist-info"
        info.mkdir()
        needed = f"Requires-Dist: {requires}\n" if requires else ""
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needed}"
        )
        (info / "entry_points.txt").write_text(f"[{group}]\n{entry} = {module}:Store\n")
        (self.folder / f"{module}.py").write_text(code)

    def settings(self, **more: object) -> dict[str, object]:
        """Return settings that are right, with something over them."""
        usual = {
            "secret": secrets.token_urlsafe(48),
            "use_https": False,
            "db_dsnw": f"sqlite:///{self.folder / 'satchel.db'}",
            "temp_dir": str(self.folder / "files"),
        }
        return {name: value for name, value in (usual | more).items() if value is not None}

    def serve(self, settings: Mapping[str, object] | str) -> End:
        """Run the command here, which takes a fraction of a second, until it ends."""
        written = self.write(settings)
        self.monkeypatch.syspath_prepend(self.folder)
        code = main(["serve", "--config", str(written), "--port", "0"])
        return End(code, "".join(self.capture.readouterr()))

    def type(self, settings: Mapping[str, object] | str, port: int = 0) -> End:
        """Type the command, and wait until it has ended."""
        command = serve_command(self.write(settings), port)
        environment = os.environ | {"PYTHONPATH": str(self.folder)}
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LATEST, env=environment, check=False
        )
        assert done.stdout == ""
        return End(done.returncode, done.stderr)

    def write(self, settings: Mapping[str, object] | str) -> Path:
        """Write the file of settings."""
        written = self.folder / "satchel.toml"
        written.write_text(settings if isinstance(settings, str) else to_toml(settings))
        written.chmod(0o600)
        return written


def expect_sentences(end: End, *sentences: str) -> None:
    """Expect a failure that is told in these words, and in nothing but words."""
    assert end.code not in {0, -9}, end.said
    for sentence in sentences:
        assert sentence in end.said, end.said
    assert end.problems, end.said
    assert "Traceback" not in end.said
    assert "site-packages" not in end.said
    assert "http://" not in end.said
