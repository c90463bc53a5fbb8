"""Every broken store is caught by the test that names its fault, and by few others."""

from pathlib import Path
from typing import NamedTuple

import pytest

from .kit import Done, prove

FEW = 3


class Caught(NamedTuple):
    """The store, the test that names its fault, and how many tests may fail at most."""

    store: str
    by: str
    most: int = FEW


PLAIN = ("--satchel-wrap", "plain")
QUICKLY = (*PLAIN, "-m", "not satchel_slow", "--tb=no")
MACHINE = "test_it_answers_as_the_memory_store_does"
ATTACHMENTS = [
    Caught("AcknowledgesBeforeItKept", "test_what_was_acknowledged_is_there_on_another_node", 4),
    Caught("ForgetsABlock", "test_every_block_of_many_is_kept", 6),
    Caught("IgnoresStart", "test_a_wrong_start_is_a_conflict_that_says_how_far_it_is"),
    Caught("DoesNotFence", "test_a_newer_call_fences_a_stalled_one"),
    Caught("LosesWhatWasCut", "test_what_was_checkpointed_before_a_cut_stays"),
    Caught("ServesUnsealed", "test_what_is_not_sealed_is_not_served"),
    Caught("SealsAgainAsAnything", "test_sealing_again_as_another_file_is_a_mismatch"),
    Caught("SealsTooShort", "test_sealing_with_another_size_says_how_far_it_is"),
    Caught("DeleteDoesNothing", "test_a_deleted_one_is_gone", 5),
    Caught("DeletesBytesFirst", "test_a_delete_cancelled_at_any_await_is_done_or_not"),
    Caught("RenameTouchesBytes", "test_only_the_name_changes_when_it_is_renamed"),
    Caught("CutsNames", "test_a_hostile_name_is_kept_as_it_is"),
    Caught("ServesSwappedBlocks", "test_swapped_blocks_are_noticed"),
    Caught("LeavesReadersOpen", "test_a_reader_left_early_is_closed_and_the_next_reads_all"),
    Caught("MisspellsAHook", "test_every_method_called_like_a_hook_is_one"),
]  # fmt: skip
COMPOSES = [
    Caught("IgnoresTheToken", "test_uploads_at_once_from_two_instances_are_all_listed"),
    Caught("RevivesWhatWasDeleted", "test_an_upload_that_comes_after_its_delete_revives_nothing"),
    Caught("OrdersById", "test_the_list_is_by_position_then_by_commit"),
    Caught("ListsAnotherOwner", "test_another_owner_sees_nothing"),
    Caught("PartialListInsteadOfUnavailable", "test_a_backend_that_is_down_is_unavailable"),
    Caught("CountsSealedBytesOnly", "test_usage_counts_the_clients_bytes_in_all_groups"),
    Caught("CleansUpAllOwners", "test_cleaning_up_an_owner_takes_all_groups_of_that_owner"),
    Caught("OpensWhatWasClosed", "test_a_group_that_was_cleaned_up_stays_closed"),
    Caught("TouchShortens", "test_touching_extends_and_never_shortens"),
    Caught("IgnoresExpiry", "test_what_expired_is_absent_before_it_is_swept"),
    Caught("GcTakesLiveOnes", "test_the_sweep_takes_no_live_ones"),
    Caught("GcHasNoGrace", "test_a_sweep_meanwhile_disturbs_no_upload"),
    Caught("GcKeepsStrays", "test_the_sweep_takes_abandoned_bytes_once"),
    Caught("GcReportsWhatAnotherTook", "test_sweeps_at_once_report_each_one_once"),
]  # fmt: skip
SESSIONS = [
    Caught("IgnoresTheVersion", "test_a_write_with_an_old_version_is_a_conflict", 5),
    Caught("ComparesThenWrites", "test_of_writers_with_one_version_exactly_one_wins"),
    Caught("RevivesAfterDestroy", "test_a_write_with_a_version_never_creates", 5),
    Caught("TouchRevives", "test_touching_a_destroyed_session_does_not_revive_it"),
    Caught("CreateOverwrites", "test_creating_twice_is_a_conflict_with_what_is_there"),
    Caught("DestroyDoesNothing", "test_destroying_twice_is_no_error", 9),
    Caught("NamesAVersionByItsData", "test_the_same_data_has_another_version_each_time"),
    Caught("ServesOldReads", "test_a_destroyed_session_is_gone_for_another_instance", 9),
    Caught("ListsAnotherOwner", "test_an_owner_lists_the_sessions_of_that_owner_alone"),
    Caught("ListsNewestFirst", "test_the_list_is_oldest_first_and_without_what_expired"),
    Caught("IgnoresTtl", "test_what_expired_is_absent_before_it_is_swept", 6),
    Caught("ReadExtends", "test_reading_never_extends"),
    Caught("TouchNeverShortens", "test_touching_may_shorten"),
    Caught("TouchMakesAVersion", "test_touching_extends_and_keeps_data_and_version"),
    Caught("SweepTakesLiveOnes", "test_the_sweep_takes_no_live_ones"),
    Caught("SweepIgnoresItsLimit", "test_the_sweep_takes_what_expired_up_to_its_limit"),
    Caught("AbsentWhenDown", "test_a_backend_that_is_down_is_unavailable"),
    Caught("EmptyListWhenDown", "test_a_list_is_whole_or_unavailable"),
    Caught("ClaimsToBeThePlatform", "test_it_implements_none_of_the_other_session_hooks"),
]  # fmt: skip
BY_MACHINE = [
    "attachments:broken_composes:ReusesSerials",
    "session:broken_sessions:KeepsTheOwner",
]


@pytest.fixture(scope="module")
def attachments(tmp_path_factory: pytest.TempPathFactory) -> Done:
    stores = [f"attachments:broken_attachments:{caught.store}" for caught in ATTACHMENTS]
    return prove(tmp_path_factory.mktemp("attachments"), stores, *QUICKLY)


@pytest.fixture(scope="module")
def composes(tmp_path_factory: pytest.TempPathFactory) -> Done:
    stores = [f"attachments:broken_composes:{caught.store}" for caught in COMPOSES]
    return prove(tmp_path_factory.mktemp("composes"), stores, *QUICKLY)


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Done:
    stores = [f"session:broken_sessions:{caught.store}" for caught in SESSIONS]
    return prove(tmp_path_factory.mktemp("sessions"), stores, *QUICKLY)


@pytest.mark.parametrize("caught", ATTACHMENTS, ids=lambda caught: caught.store)
def test_a_broken_attachment_store_is_caught(attachments: Done, caught: Caught) -> None:
    failed = attachments.failed(f"attachments:broken_attachments:{caught.store}")

    assert caught.by in failed
    assert len(failed) <= caught.most, failed


@pytest.mark.parametrize("caught", COMPOSES, ids=lambda caught: caught.store)
def test_a_store_that_treats_composes_wrongly_is_caught(composes: Done, caught: Caught) -> None:
    failed = composes.failed(f"attachments:broken_composes:{caught.store}")

    assert caught.by in failed
    assert len(failed) <= caught.most, failed


@pytest.mark.parametrize("caught", SESSIONS, ids=lambda caught: caught.store)
def test_a_broken_session_store_is_caught(sessions: Done, caught: Caught) -> None:
    failed = sessions.failed(f"session:broken_sessions:{caught.store}")

    assert caught.by in failed
    assert len(failed) <= caught.most, failed


def test_the_state_machine_finds_what_no_other_test_looks_for(tmp_path: Path) -> None:
    profile = ("-p", "quick", "--hypothesis-profile", "quick")
    done = prove(tmp_path, BY_MACHINE, *PLAIN, *profile)

    assert [done.failed(store) for store in BY_MACHINE] == [{MACHINE}, {MACHINE}]
