"""The Pythons of this machine, by version."""

import os
import shutil
import subprocess
from pathlib import Path

from tools.wheels import UV, Failed, run


def find_python(version: str) -> str:
    """The path of a Python of this version; brought here by uv when there is none.

    ``Failed`` when there is none and none can be brought.
    """
    for each in _candidates(version):
        if _is_version(each, version):
            return each
    try:
        run([str(UV), "python", "install", "--quiet", "--no-bin", version])
        return run([str(UV), "python", "find", "--managed-python", version]).strip()
    except Failed as error:
        way_out = f"Install Python {version}, so that python{version} can be called."
        raise Failed(error.command, f"There is no Python {version} here. {way_out}") from error


def _candidates(version: str) -> list[str]:
    named = shutil.which(f"python{version}")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    kept = sorted(pyenv.glob(f"versions/{version}*/bin/python{version}"), reverse=True)
    return [*([named] if named else []), *map(str, kept)]


def _is_version(python: str, version: str) -> bool:
    """Whether it starts: a name in the path may lead to a Python that is not there."""
    code = "import sys, venv, sqlite3, ssl; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode == 0 and done.stdout.strip() == version
