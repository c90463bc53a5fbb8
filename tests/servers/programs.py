"""Where a test finds the programs that it cannot do without."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

SYSTEM_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))


def find_program(name: str) -> Path:
    """Return where a program is; without it the test is skipped, or fails where CI is true."""
    found = shutil.which(name, path=SYSTEM_PATH)
    if found is None:
        report_missing(f'The program "{name}" is not installed. Run: tools/system-packages')
    return Path(found)


def report_missing(reason: str) -> NoReturn:
    """Skip the test for a stated reason, or fail it where CI is true: there nothing is optional."""
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
