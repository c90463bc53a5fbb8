"""Proves each plugin alone: with the oldest and newest packages and Pythons that it allows.

In an empty environment there are only the plugin, what it declares, and the test kit.
"""

import contextlib
import json
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.folder import open_server_folder
from tests.servers.memcached import Memcached

from tools.pythons import find_python
from tools.wheels import ROOT, Environment, Failed, build_wheels

PYTHONS = ("3.11", "3.13")
RESOLUTIONS = {"oldest": "lowest-direct", "newest": "highest"}
QUICK = ("--satchel-wrap", "plain", "-m", "not satchel_slow")
KINDS = {"satchel.v1.session": "session", "satchel.v1.attachments": "attachments"}
# What keeps nothing by itself is proved through a store that stands on it.
PROVED_BY = {"database": "session_db", "memcache": "session_memcache"}
HARNESSES = {"session:memcache": "tests/memcache/harness.py"}
OPTIONS = ("wrap_quota.size=1G",)
KIT = "satchel-testkit"
MEMORY = ["attachments:memory", "session:memory"]
HOST = {"satchel-core", "satchel-site"}
IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
    importlib.import_module(each.name)
"""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the workspace: its folder, and what its ``pyproject.toml`` says."""

    folder: Path
    project: Mapping[str, Any]  # Any: whatever TOML can say

    @classmethod
    def at(cls, folder: Path) -> "Member":
        """The member in this folder."""
        return cls(folder, tomllib.loads((folder / "pyproject.toml").read_text())["project"])

    @property
    def name(self) -> str:
        """The name of its distribution."""
        return str(self.project["name"])

    @property
    def package(self) -> str:
        """The name that it is imported by."""
        return self.name.replace("-", "_")

    @property
    def requirements(self) -> Path:
        """The file that says what it needs."""
        return self.folder / "pyproject.toml"

    @property
    def points(self) -> Mapping[str, Mapping[str, str]]:
        """Its entry points, by group."""
        found: Mapping[str, Mapping[str, str]] = self.project.get("entry-points", {})
        return found

    @property
    def subjects(self) -> list[list[str]]:
        """What the kit is asked to prove of it, as options of the kit."""
        named = {kind: self.points.get(group, {}) for group, kind in KINDS.items()}
        stores = [f"{kind}:{name}" for kind, names in named.items() for name in names]
        stores += MEMORY if self.name == KIT else []
        wrappers = self.points.get("satchel.v1.wrappers", {})
        around = ["--satchel-store", "attachments:memory", "--satchel-wrap"]
        return [
            *(["--satchel-store", store, *QUICK] for store in stores),
            *([*around, name, *QUICK[2:]] for name in wrappers),
        ]


@dataclass(frozen=True, slots=True)
class Trial:
    """One member with one Python and one choice of packages."""

    member: Member
    python: str
    age: str

    def __str__(self) -> str:
        return f"{self.member.name}, Python {self.python}, {self.age} packages"

    def run(self, wheels: Path, memcached: str) -> str:
        """Install the member alone, import all of it, and let the kit prove it."""
        with tempfile.TemporaryDirectory(prefix="satchel-alone-") as folder:
            environment = Environment(Path(folder) / "environment", find_python(self.python))
            self._install(environment, wheels)
            environment.run("python", "-W", "error", "-c", f"import {self.member.package}")
            lines = [*self._prove(environment, memcached)]
            self._install(environment, wheels, "--all-extras")
            self._import_all(environment)
        return "; ".join(lines) or "imported"

    def _install(self, environment: Environment, wheels: Path, *options: str) -> None:
        """Name the member's own requirements one by one, so that the oldest of them are taken."""
        chosen = ["--no-sources", "--resolution", RESOLUTIONS[self.age], *options]
        words = [*chosen, "--requirements", str(self.member.requirements)]
        packages = {self.member.name, KIT, self._prover.name}
        environment.install(*sorted(packages), wheels=wheels, options=words)
        strangers = HOST & {*environment.packages()}
        if strangers:
            raise Failed([str(self)], f"It brings the host with it: {strangers}")

    def _import_all(self, environment: Environment) -> None:
        """Some modules need an extra, so this comes when all of them are installed."""
        environment.run("python", "-W", "error", "-c", IMPORT_ALL, self.member.package)

    def _prove(self, environment: Environment, memcached: str) -> Iterator[str]:
        hosts = f"memcache_hosts={json.dumps([memcached])}"
        given = [word for each in (hosts, *OPTIONS) for word in ("--satchel-option", each)]
        for subject in self._prover.subjects:
            harness = HARNESSES.get(subject[1])
            own = self._prover.points.get("satchel.v1.harnesses", {})
            if harness and not own:
                copied = shutil.copy(ROOT / harness, environment.folder.parent / "proving.py")
                subject = [*subject, "--satchel-harness", f"{Path(copied).stem}:MemcacheHarness"]
            yield from environment.prove(*subject, *given)

    @property
    def _prover(self) -> Member:
        name = PROVED_BY.get(self.member.folder.name)
        return Member.at(self.member.folder.with_name(name)) if name else self.member


def members() -> list[Member]:
    """The plugins, and the kit itself."""
    folders = sorted((ROOT / "contrib_plugins").iterdir())
    plugins = [Member.at(one) for one in folders if (one / "pyproject.toml").is_file()]
    return [*plugins, Member.at(ROOT / "tests" / "testkit")]


def trials(words: Sequence[str]) -> list[Trial]:
    """Every trial, or those of members with one of these words in their names."""
    chosen = [one for one in members() if not words or any(word in one.name for word in words)]
    return [Trial(one, python, age) for one in chosen for python in PYTHONS for age in RESOLUTIONS]


def main(words: Sequence[str]) -> int:
    """Do every trial, two at a time, and say what came out of each as it ends."""
    failed = 0
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="satchel-release-")))
        try:
            wheels = build_wheels(folder.resolve())
            for version in PYTHONS:
                find_python(version)
        except Failed as error:
            sys.stderr.write(f"{error}\n")
            return 1
        server = stack.enter_context(Memcached(stack.enter_context(open_server_folder("release"))))
        pool = stack.enter_context(ThreadPoolExecutor(2))
        running = [(one, pool.submit(one.run, wheels, server.address)) for one in trials(words)]
        for trial, future in running:
            try:
                sys.stdout.write(f"{trial}: {future.result()}\n")
            except Failed as error:
                failed += 1
                sys.stdout.write(f"{trial}: FAILED\n{error}\n")
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
