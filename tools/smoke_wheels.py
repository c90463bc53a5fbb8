"""Builds the wheels and proves them in an empty environment, away from the tree."""

import json
import secrets
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.wheels import ROOT, Environment, Failed, build_wheels, member_names, workspace_versions

STORES = ("attachments:filesystem", "session:db", "attachments:ledger", "attachments:zipped")
QUICK = ("--satchel-wrap", "plain", "-m", "not satchel_slow")
EXAMPLES = ("example-ledger", "example-zipped")
JOURNEY = ("__init__", "journey", "page_forms")
SETTINGS = """
secret = "{secret}"
session_storage = "db"
attachment_storage = "{store}"
db_dsnw = "sqlite:///{folder}/mail.db"
temp_dir = "{folder}"
imap_host = "ssl://localhost:993"
smtp_host = "ssl://localhost:465"
use_https = false
"""


def install_all(folder: Path) -> Environment:
    """Everything that is built, in the versions that the workspace is tested with."""
    wheels, versions = build_wheels(folder), workspace_versions(folder)
    environment = Environment(folder / "environment")
    packages = [*member_names(), "satchel-site[demo]", *EXAMPLES]
    environment.install(*packages, wheels=wheels, options=["--constraints", str(versions)])
    return environment


def check_no_workspace(environment: Environment) -> None:
    """Fail when a member is imported from the tree."""
    code = "import satchel, satchel_hookspecs, satchel_site; print(satchel_hookspecs.__file__)"
    where = Path(environment.run("python", "-c", code).strip())
    if not where.is_relative_to(environment.folder.resolve()):
        raise Failed([code], f"The contract is imported from {where}.")


def check_kit(environment: Environment) -> str:
    """Prove the default stores, and those that somebody else has written."""
    stores = [word for store in STORES for word in ("--satchel-store", store)]
    places = environment.folder.parent / "kit"
    said = environment.prove(*stores, *QUICK, "--basetemp", places)
    if len(said) != len(STORES):
        raise Failed(stores, "\n".join(said))
    if not any(places.glob("*/ledger")):
        raise Failed(stores, "The method that overrides a hook was never called.")
    return "\n".join(said)


def check_by_name(environment: Environment, store: str) -> str:
    """Select a store of others by its name alone: it is listed as active, and doctor is content."""
    folder = environment.folder.parent / f"named-{store}"
    folder.mkdir(mode=0o700)
    settings = folder / "satchel.toml"
    settings.write_text(
        SETTINGS.format(secret=secrets.token_urlsafe(48), store=store, folder=folder)
    )
    settings.chmod(0o600)
    listed = json.loads(environment.run("satchel", "plugins", "--json", "--config", settings))
    active = [row["package"] for row in listed if row["name"] == store and row["active"]]
    if len(active) != 1:
        raise Failed(["satchel", "plugins"], f"{store} is not active: {listed}")
    environment.run("satchel", "doctor", "--live", "--config", settings)
    return f"{store} of {active[0]} is active, and doctor found nothing wrong."


def check_journey(environment: Environment) -> str:
    """Take the journey through the demo that is installed."""
    folder = environment.folder.parent
    (folder / "tools").mkdir()
    for name in JOURNEY:
        shutil.copy(ROOT / "tools" / f"{name}.py", folder / "tools")
    return environment.run("python", "-m", "tools.journey", folder).strip()


def main() -> int:
    """Do all of it, the kit beside the rest, and say what came out."""
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="satchel-wheels-") as name,
        ThreadPoolExecutor() as pool,
    ):
        try:
            environment = install_all(Path(name).resolve())
            check_no_workspace(environment)
            proved = pool.submit(check_kit, environment)
            said = [check_by_name(environment, store) for store in ("ledger", "zipped")]
            said += [check_journey(environment), proved.result()]
        except Failed as error:
            sys.stderr.write(f"{error}\n")
            return 1
    lines = [*said, f"The wheels work, after {time.monotonic() - began:.0f} seconds."]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
