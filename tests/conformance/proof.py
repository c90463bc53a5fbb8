"""One store on one server, and what the kit found."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WRAPPINGS = ("plain", "passed", "counted", "enciphered")
SHIPPED_WRAPPINGS = {
    "attachments": ("encrypt", "quota", "metrics", "metrics+quota+encrypt"),
    "session": ("metrics",),
}
UNMEASURED = {"wrap_quota.size": "1G"}
LAST_LINES = 60


@dataclass(frozen=True)
class Proof:
    """A store to prove, and the media that it stands on."""

    store: str
    media: tuple[str, ...] = ()
    harness: str | None = None

    @property
    def name(self) -> str:
        """What the line begins with."""
        return "+".join((self.store, *self.media))

    async def run(self, options: Mapping[str, str]) -> "Finding":
        """Let the kit prove the store in a process of its own, outside of the tree."""
        with tempfile.TemporaryDirectory(prefix="satchel-conformance-") as folder:
            report = Path(folder) / "report.json"
            process = await asyncio.create_subprocess_exec(
                *self._command(report, options),
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            try:
                output, _ = await process.communicate()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            told = json.loads(report.read_text()) if report.exists() else {}
        return Finding(self.name, told.get(self.store), output.decode(errors="replace"))

    def _command(self, report: Path, options: Mapping[str, str]) -> list[str]:
        kind = self.store.partition(":")[0]
        named = {"--satchel-store": [self.store], "--satchel-report": [str(report)]}
        named["--satchel-wrap"] = [*WRAPPINGS, *SHIPPED_WRAPPINGS[kind]]
        given = {**UNMEASURED, **options}
        named["--satchel-option"] = [f"{name}={value}" for name, value in given.items()]
        if self.harness:
            named["--satchel-harness"] = [self.harness]
        return [
            *(sys.executable, "-m", "pytest", "--pyargs", "satchel_testkit.suites", "-q"),
            *("-c", os.devnull, "-p", "no:cacheprovider", "-p", "no:asyncio", "-W", "error"),
            *("--rootdir", str(report.parent), "--basetemp", str(report.parent / "temp")),
            *(f"{option}={value}" for option, values in named.items() for value in values),
        ]


@dataclass(frozen=True)
class Finding:
    """What the kit found; ``told`` is ``None`` when it could not even begin."""

    name: str
    told: Mapping[str, Any] | None
    output: str

    @property
    def is_right(self) -> bool:
        """Whether something passed and nothing failed."""
        return bool(self.told and self.told["passed"] and not self.told["failed"])

    def line(self) -> str:
        """One line for the reader: what passed, what failed, what the store cannot do."""
        if self.told is None:
            return f"{self.name} could not be tried"
        skipped: Mapping[str, str] = self.told["skipped"]
        reasons = "; ".join(sorted(set(skipped.values())))
        counts = f"{len(self.told['passed'])} passed, {len(self.told['failed'])} failed"
        return f"{self.name} {counts}, {len(skipped)} skipped" + (
            f" ({reasons})" if reasons else ""
        )

    def details(self) -> str:
        """The end of what the kit printed."""
        return "\n".join(self.output.splitlines()[-LAST_LINES:])
