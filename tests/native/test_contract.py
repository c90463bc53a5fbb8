"""The store of the platform's sessions passes the kit, whoever keeps them."""

from pathlib import Path

import pytest

from tests.kit import PLAIN, prove
from tests.servers.memcached import Memcached
from tests.servers.redis import Redis

HARNESS = "tests.native.harness"
STORE = "session:native"
# aiohttp-session keeps its session under a name, as it did before aiohttp had keys of a type
USUAL = (*PLAIN, "-W", "ignore::aiohttp.web.NotAppKeyWarning")
FORGETTING = (*USUAL, "--satchel-harness", f"{HARNESS}:ForgettingHarness")


def test_sessions_in_a_cookie_pass_the_kit(tmp_path: Path) -> None:
    code, text = prove(tmp_path, STORE, *USUAL)

    assert code == pytest.ExitCode.OK, text
    assert "the harness has no forgets_old_cookies" in text


def test_sessions_in_memcached_pass_the_kit(memcached: Memcached, tmp_path: Path) -> None:
    options = {"session_native.dsn": memcached.address, "session_native.storage": "memcached"}
    code, text = prove(tmp_path, STORE, *FORGETTING, options=options)

    assert code == pytest.ExitCode.OK, text
    assert "forgets_old_cookies" not in text


def test_sessions_in_redis_pass_the_kit(redis: Redis, tmp_path: Path) -> None:
    options = {"session_native.dsn": redis.dsn, "session_native.storage": "redis"}
    code, text = prove(tmp_path, STORE, *FORGETTING, options=options)

    assert code == pytest.ExitCode.OK, text
    assert "forgets_old_cookies" not in text


def test_sessions_of_an_application_pass_the_kit(tmp_path: Path) -> None:
    harness = ("--satchel-harness", f"{HARNESS}:ApplicationHarness")
    code, text = prove(tmp_path, STORE, *USUAL, *harness)

    assert code == pytest.ExitCode.OK, text


def test_a_renewal_that_leaves_the_old_id_alive_is_caught(
    memcached: Memcached, tmp_path: Path
) -> None:
    options = {"session_native.dsn": memcached.address, "session_native.storage": "memcached"}
    store = f"session:{HARNESS}:Unrenewed"
    code, text = prove(tmp_path, store, *FORGETTING, options=options)

    assert code == pytest.ExitCode.TESTS_FAILED, text
    assert "test_after_a_renewal_the_cookies_of_before_find_nothing" in text
