"""A missing program is told to whoever can install it, and is no excuse in CI."""

import pytest

from tests.servers.programs import find_program


def test_a_program_that_is_there_is_found() -> None:
    assert find_program("sh").name == "sh"


def test_a_missing_program_skips_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "")

    with pytest.raises(pytest.skip.Exception, match='"no-such-program" is not installed'):
        find_program("no-such-program")


def test_a_missing_program_fails_the_test_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="tools/system-packages"):
        find_program("no-such-program")
