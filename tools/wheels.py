"""Wheels of the members, and empty environments away from the tree that they are installed into."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
EXTENDING = ("tests/extending/ledger", "tests/extending/zipped")
# What says where Python looks for packages; an empty environment must not hear of it.
UNHEARD = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")


class Failed(Exception):
    """A command ended with an error; its output is in the message."""

    def __init__(self, command: Sequence[str], said: str) -> None:
        super().__init__(f"{' '.join(command)}\n{said}")
        self.command = list(command)


class Environment:
    """A virtual environment in a folder, with nothing in it."""

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        self.folder = folder
        run([str(UV), "venv", "--quiet", "--no-project", "--python", python, str(folder)])

    def install(self, *packages: str | Path, wheels: Path, options: Sequence[str] = ()) -> None:
        """Install packages, ours from the folder of wheels, and look whether all fit."""
        words = [*options, "--find-links", str(wheels), *map(str, packages)]
        run([str(UV), "pip", "install", "--quiet", "--python", str(self.folder), *words])
        run([str(UV), "pip", "check", "--quiet", "--python", str(self.folder)])

    def packages(self) -> list[str]:
        """The names of the distributions in it."""
        said = run([str(UV), "pip", "list", "--format", "json", "--python", str(self.folder)])
        return [str(one["name"]) for one in json.loads(said)]

    def command(self, name: str, *arguments: str | Path) -> list[str]:
        """The command line of a program that is installed here."""
        return [str(self.folder / "bin" / name), *map(str, arguments)]

    def run(self, name: str, *arguments: str | Path) -> str:
        """Run a program that is installed here, outside of the tree."""
        return run(self.command(name, *arguments), self.folder.parent)

    def prove(self, *arguments: str | Path) -> list[str]:
        """Run the kit and return what it says of each store."""
        folder = self.folder.parent
        options = ["-q", "-c", os.devnull, "--rootdir", str(folder), "-p", "no:cacheprovider"]
        words = ["-m", "pytest", "--pyargs", "satchel_testkit.suites"]
        said = self.run("python", *words, *options, *arguments)
        return [line for line in said.splitlines() if " 0 failed, " in line]


def run(command: Sequence[str], folder: Path = ROOT) -> str:
    """Run a command to its end and return what it said; ``Failed`` when it fails."""
    done = subprocess.run(  # noqa: S603 # our own commands
        command, cwd=folder, env=clean_environ(), text=True, check=False,
        stdin=subprocess.DEVNULL, capture_output=True,
    )  # fmt: skip
    if done.returncode:
        raise Failed(command, done.stdout + done.stderr)
    return done.stdout


def clean_environ() -> dict[str, str]:
    """The environment without what leads to the workspace, and with the system's certificates."""
    kept = {name: value for name, value in os.environ.items() if name not in UNHEARD}
    return {"UV_SYSTEM_CERTS": "true", **kept}


def build_wheels(folder: Path) -> Path:
    """Build a wheel of every member, and of the examples of others; return where they are."""
    wheels = folder / "wheels"
    words = ["--quiet", "--wheel", "--no-create-gitignore", "--out-dir", str(wheels)]
    run([str(UV), "build", "--all-packages", *words])
    for example in EXTENDING:
        # outside of the workspace, as it would be with somebody else
        copied = shutil.copytree(ROOT / example, folder / "examples" / Path(example).name)
        run([str(UV), "build", *words, str(copied)], folder)
    return wheels


def workspace_versions(folder: Path) -> Path:
    """A file with the versions of other people's packages that the workspace is tested with."""
    said = run([str(UV), "pip", "freeze", "--exclude-editable", "--python", sys.executable])
    lines = [line for line in said.splitlines() if "==" in line]
    path = folder / "constraints.txt"
    path.write_text("\n".join(lines))
    return path


def member_names() -> list[str]:
    """The distributions of the workspace."""
    patterns = ("*/pyproject.toml", "contrib_plugins/*/pyproject.toml", "tests/*/pyproject.toml")
    files = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return [str(tomllib.loads(path.read_text())["project"]["name"]) for path in files]
