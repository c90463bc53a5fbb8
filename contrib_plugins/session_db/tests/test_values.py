"""Strange keys and strange data."""

import pytest

from satchel_hookspecs import ABSENT
from satchel_session_db import DatabaseSessions

KEY = "a1" * 32


@pytest.mark.parametrize(
    "key",
    [
        "",
        "'; DROP TABLE sessions; --",
        "%",
        "_",
        "\\",
        "a\0b",
        "ключ 🔑",
        "k" * 10_000,
        KEY.upper(),
    ],
)
async def test_a_strange_key_is_a_key(store: DatabaseSessions, key: str) -> None:
    await store.session_write(KEY, b"other", ABSENT, 60, "o")
    await store.session_write(key, b"mine", ABSENT, 60, key)
    record = await store.session_read(key)

    assert record is not None
    assert record.data == b"mine"
    assert [info.key for info in await store.session_list(key)] == [key]
    assert await store.session_destroy(key) is True
    assert await store.session_read(KEY) is not None


@pytest.mark.parametrize("data", [b"", b"\0", bytes(range(256)), b"\xff" * 300_000, b"'--"])
async def test_data_is_kept_byte_by_byte(store: DatabaseSessions, data: bytes) -> None:
    await store.session_write(KEY, data, ABSENT, 60, None)
    record = await store.session_read(KEY)

    assert record is not None
    assert record.data == data
