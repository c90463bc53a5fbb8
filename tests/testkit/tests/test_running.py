"""What a user of the kit types and sees."""

import subprocess
import sys
from pathlib import Path

import pytest

from .kit import Done, prove

PLAIN = ("--satchel-wrap", "plain")
PLATFORMS = {
    "ForgetfulPlatform": "test_what_one_request_sets_the_next_one_finds",
    "SharedPlatform": "test_another_browser_sees_nothing_of_it",
    "NeverRenews": "test_after_a_renewal_the_cookies_of_before_find_nothing",
    "RenewsWithNothing": "test_a_renewed_session_keeps_its_values",
    "LeavesTheOldOne": "test_after_the_end_the_cookies_of_before_find_nothing",
    "DestroysOnce": "test_destroying_twice_and_with_nothing_there_is_no_error",
    "PromisesEverything": "test_it_says_in_sentences_what_it_cannot_promise",
}


def test_a_store_is_proved_without_a_test_file(tmp_path: Path) -> None:
    done = prove(tmp_path, ["session:memory"], "-k", "TestStates")

    assert done.code == pytest.ExitCode.OK, done.text
    assert done.closing == [f"session:memory {4 * 16} passed, 0 failed, 0 skipped"]


def test_what_is_lacking_is_skipped_by_name(tmp_path: Path) -> None:
    done = prove(tmp_path, ["attachments:memory"], *PLAIN, "-k", "TestBackend or TestProcesses")

    lacking = "no capability multi_process; the harness has no hang_backend"
    assert done.closing == [f"attachments:memory 12 passed, 0 failed, 6 skipped ({lacking})"]


def test_a_store_that_expires_by_itself_need_not_count_what_it_swept(tmp_path: Path) -> None:
    store = "session:self_sweeping:SelfSweepingSessions"
    done = prove(tmp_path, [store], *PLAIN, "-k", "TestSweep")

    assert done.code == pytest.ExitCode.OK, done.text
    assert done.closing == [f"{store} 1 passed, 0 failed, 2 skipped (capability expires_by_itself)"]


def test_a_run_in_which_everything_was_skipped_fails(tmp_path: Path) -> None:
    done = prove(tmp_path, ["attachments:memory"], *PLAIN, "-k", "TestProcesses")

    assert done.code == pytest.ExitCode.TESTS_FAILED
    assert done.closing[0].endswith("NOTHING WAS PROVED")


def test_one_store_of_two_of_which_nothing_was_tried_fails_the_run(tmp_path: Path) -> None:
    stores = ["attachments:memory", "session:memory"]
    done = prove(tmp_path, stores, *PLAIN, "-k", "TestSeal")

    assert done.code == pytest.ExitCode.TESTS_FAILED
    assert [line.endswith("NOTHING WAS PROVED") for line in done.closing] == [False, True]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name a store: --satchel-store attachments:NAME or session:NAME"),
        (["--satchel-store", "memory"], "'memory' names no store"),
        (["--satchel-store", "attachments:nowhere"], "Nothing called 'nowhere' is installed"),
        (["--satchel-store", "session:memory", "--satchel-option", "x"], "write NAME=VALUE"),
        (["--satchel-store", "session:memory", "--satchel-options", "none.toml"], "none.toml"),
        (["--satchel-store", "session:memory", "--satchel-wrap", "none"], "called 'none'"),
        (["--satchel-store", "session:memory", "--satchel-harness", "kit:Done"], "does not extend"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    done = prove(tmp_path, [], *arguments)

    assert done.code == pytest.ExitCode.USAGE_ERROR
    assert sentence in done.text
    assert "Traceback" not in done.text


def test_the_sessions_of_a_platform_have_a_suite_of_their_own(tmp_path: Path) -> None:
    harness = ("--satchel-harness", "platform_sessions:PlatformHarness")
    done = prove(tmp_path, ["session:platform_sessions:PlatformSessions"], *PLAIN, *harness)

    [outcome] = done.outcomes.values()
    assert done.code == pytest.ExitCode.OK, done.text
    assert len(outcome["passed"]) >= 20
    assert "the platform keeps the sessions" in done.closing[0]


def test_a_platform_without_a_browser_is_not_proved_by_what_was_skipped(tmp_path: Path) -> None:
    store = "session:platform_sessions:PlatformSessions"
    done = prove(tmp_path, [store], *PLAIN, "-k", "TestPlatform and not Hooks")

    assert done.code == pytest.ExitCode.TESTS_FAILED
    assert done.closing[0].endswith("NOTHING WAS PROVED")


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Done:
    harness = ("--satchel-harness", "platform_sessions:PlatformHarness", "--tb=no")
    stores = [f"session:platform_sessions:{store}" for store in PLATFORMS]
    return prove(tmp_path_factory.mktemp("platforms"), stores, *PLAIN, *harness)


@pytest.mark.parametrize(("store", "test"), PLATFORMS.items())
def test_a_broken_platform_is_caught(platforms: Done, store: str, test: str) -> None:
    assert test in platforms.failed(f"session:platform_sessions:{store}")


def test_pytest_loads_nothing_heavy_when_no_store_is_named() -> None:
    program = (
        "import sys, satchel_testkit.plugin; "
        "print([n for n in sys.modules if n.startswith(('satchel_hookspecs', 'hypothesis', "
        "'cryptography', 'asyncio'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout == b"[]\n"
