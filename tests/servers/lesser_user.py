"""A user who may less than root: databases refuse to run as root."""

import os
import pwd
from collections.abc import Sequence
from pathlib import Path


class LesserUser:
    """Runs commands as a named user where the tests run as root, and as ourselves elsewhere."""

    def __init__(self, name: str) -> None:
        """Look the user up."""
        self._user = pwd.getpwnam(name) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())

    @property
    def name(self) -> str:
        """What the user is called."""
        return self._user.pw_name

    def command(self, command: Sequence[str]) -> list[str]:
        """Return the command as this user has to run it; its process keeps its number."""
        if os.geteuid() != 0:
            return list(command)
        ids = [f"--reuid={self._user.pw_uid}", f"--regid={self._user.pw_gid}", "--clear-groups"]
        return ["setpriv", *ids, *command]

    def own(self, folder: Path) -> None:
        """Give a folder to this user, closed to others."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
