"""The same facts on PostgreSQL and MariaDB, and what a replica that lags behind may not show."""

import pytest

from . import test_cache, test_contacts, test_identities, test_preferences, test_suggestions
from .conftest import ANNA

KINDS = ("postgresql", "mariadb")

MODULES = (test_preferences, test_identities, test_contacts, test_suggestions, test_cache)
FACTS = (
    "test_what_was_set_is_read",
    "test_a_change_leaves_all_other_settings",
    "test_writers_of_different_settings_lose_nothing",
    "test_writers_of_the_same_new_setting_both_succeed",
    "test_the_first_is_the_standard_one_until_another_is_chosen",
    "test_contacts_are_by_name_in_every_script_and_come_in_pages",
    "test_a_search_is_for_every_word_without_case_and_accents",
    "test_a_group_is_named_once_and_counts_its_contacts",
    "test_a_group_is_renamed_and_deleted_without_its_contacts",
    "test_putting_the_same_into_a_group_at_once_is_no_error",
    "test_deleting_an_owner_leaves_nothing_and_takes_nobody_elses",
    "test_a_word_that_begins_so_comes_before_one_that_holds_it",
    "test_who_was_written_to_last_comes_first",
    "test_the_same_recipient_used_at_once_on_two_nodes_is_counted_twice",
    "test_the_oldest_recipients_make_room",
    "test_ten_thousand_contacts_are_searched_quickly",
    "test_a_value_whose_time_is_over_is_none",
    "test_values_whose_time_is_over_are_swept_by_later_writes",
    "test_writers_of_the_same_name_on_two_nodes_both_succeed",
)
for module in MODULES:
    globals().update({name: fact for name, fact in vars(module).items() if name in FACTS})


@pytest.fixture(params=KINDS)
def pair(request, database_pairs):
    return database_pairs(request.param)


@pytest.fixture
def dsns(pair):
    return pair.primary.dsn, ""


class TestReplica:
    @pytest.fixture
    def dsns(self, pair):
        pair.even()
        yield pair.primary.dsn, pair.replica.dsn
        pair.replica.resume()

    async def test_what_was_just_written_is_read_though_the_replica_lags_behind(
        self, open_hooks, pair
    ):
        first, second = await open_hooks(), await open_hooks()
        pair.even()
        pair.replica.pause()

        await first.userdata_preferences_set(ANNA, changes={"a": 1})
        await first.userdata_contact_save(ANNA, name="Bert", addresses=["b@example.org"])
        await first.userdata_cache_write(ANNA, name="c", value=b"1", ttl=60)

        assert await second.userdata_preferences(ANNA) == {"a": 1}
        assert len(await second.userdata_suggest(ANNA, text="bert")) == 1
        assert (await second.userdata_contacts(ANNA)).total == 1
        assert await second.userdata_cache_read(ANNA, name="c") == b"1"
