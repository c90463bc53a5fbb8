"""The store of the platform's sessions passes the kit, whoever keeps them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.memcached import Memcached
from tests.servers.redis import Redis

ROOT = Path(__file__).parents[2]
HARNESS = "tests.native.harness"


def prove(folder: Path, *options: str, store: str = "native") -> tuple[int, str]:
    """Run the kit, and return how it ended and what it said of the store."""
    command = [
        sys.executable, "-m", "pytest", "--pyargs", "satchel_testkit.suites",
        "--satchel-store", f"session:{store}", *options, "--satchel-wrap", "plain",
        "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder),
        "--basetemp", str(folder / "temp"), "-p", "no:asyncio", "-W", "error",
        "-W", "ignore::aiohttp.web.NotAppKeyWarning",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=170,
    )  # fmt: skip
    return done.returncode, done.stdout[-20_000:] + done.stderr


def test_sessions_in_a_cookie_pass_the_kit(tmp_path: Path) -> None:
    code, text = prove(tmp_path)

    assert code == pytest.ExitCode.OK, text
    assert "the harness has no forgets_old_cookies" in text


def test_sessions_in_memcached_pass_the_kit(memcached: Memcached, tmp_path: Path) -> None:
    options = [f"session_native.dsn={memcached.address}", "session_native.storage=memcached"]
    each = [word for option in options for word in ("--satchel-option", option)]
    code, text = prove(tmp_path, *each, "--satchel-harness", f"{HARNESS}:ForgettingHarness")

    assert code == pytest.ExitCode.OK, text
    assert "forgets_old_cookies" not in text


def test_sessions_in_redis_pass_the_kit(redis: Redis, tmp_path: Path) -> None:
    options = [f"session_native.dsn={redis.dsn}", "session_native.storage=redis"]
    each = [word for option in options for word in ("--satchel-option", option)]
    code, text = prove(tmp_path, *each, "--satchel-harness", f"{HARNESS}:ForgettingHarness")

    assert code == pytest.ExitCode.OK, text
    assert "forgets_old_cookies" not in text


def test_sessions_of_an_application_pass_the_kit(tmp_path: Path) -> None:
    code, text = prove(tmp_path, "--satchel-harness", f"{HARNESS}:ApplicationHarness")

    assert code == pytest.ExitCode.OK, text


def test_a_renewal_that_leaves_the_old_id_alive_is_caught(
    memcached: Memcached, tmp_path: Path
) -> None:
    options = [f"session_native.dsn={memcached.address}", "session_native.storage=memcached"]
    each = [word for option in options for word in ("--satchel-option", option)]
    harness = ("--satchel-harness", f"{HARNESS}:ForgettingHarness")
    code, text = prove(tmp_path, *each, *harness, store=f"{HARNESS}:Unrenewed")

    assert code == pytest.ExitCode.TESTS_FAILED, text
    assert "test_after_a_renewal_the_cookies_of_before_find_nothing" in text
