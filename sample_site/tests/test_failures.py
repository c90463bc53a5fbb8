"""What a person is told when something goes wrong."""

import pytest

from satchel_hookspecs import QuotaExceeded, TooLarge
from satchel_site.failures import refusal_for


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (TooLarge(25 * 1024 * 1024), 413, "The limit is 26 MB."),
        (TooLarge(4096, "It does not fit into a cookie."), 413, "It does not fit into a cookie."),
        (QuotaExceeded(1024 * 1024), 507, "You may keep 1.0 MB of files at a time."),
        (QuotaExceeded(1024, "Only 3 files may be kept."), 507, "Only 3 files may be kept."),
    ],
)
def test_a_plugin_that_says_more_than_a_limit_is_heard(error, status, sentence) -> None:
    refusal = refusal_for(error)

    assert (refusal.status, refusal.sentence) == (status, sentence)
