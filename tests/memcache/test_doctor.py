"""What the doctor says of stores that stand on memcached."""

import json
from pathlib import Path
from typing import Any

import pytest

from satchel.commands import main

SENTENCES = (
    "What both of its memcached hosts have lost is gone",
    "A memcached host that is full drops what it holds without a word",
    "Two nodes that reach different memcached hosts both acknowledge what they write",
)
MEMORY = {
    "session_storage": "satchel_hookspecs:MemorySessions",
    "attachment_storage": "satchel_hookspecs:MemoryAttachments",
    "memcache_hosts": ["127.0.0.1:11311", "127.0.0.1:11312"],
    "secret": "s3cr3t-of-the-tests-" * 3,
}


def asked(
    folder: Path, capsys: pytest.CaptureFixture[str], settings: dict[str, Any], table: str = ""
) -> str:
    """What the doctor says of these settings."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in {**MEMORY, **settings}.items()]
    written = folder / "satchel.toml"
    written.write_text("\n".join([*lines, table]))
    written.chmod(0o600)
    assert main(["doctor", "--config", str(written)]) == 0
    return capsys.readouterr().out


def said_of(label: str, text: str) -> bool:
    """Whether all is said of this store, in one line each."""
    return all(f'"{label}": {sentence}' in text for sentence in SENTENCES)


@pytest.mark.parametrize("name", ["session_storage", "record_storage"])
def test_what_sessions_in_memcached_cannot_promise_is_said(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = asked(tmp_path, capsys, {name: "memcache"})

    assert said_of("session_memcache", text)


def test_what_attachments_in_memcached_cannot_promise_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = '[attachments_database]\ncache = "memcache"'
    text = asked(tmp_path, capsys, {"attachment_storage": "database"}, table)

    assert said_of("attachments_database", text)


def test_nothing_of_it_is_said_of_attachments_in_a_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"attachment_storage": "database", "db_dsnw": f"sqlite:///{tmp_path}/satchel.db"}

    assert "attachments_database" not in asked(tmp_path, capsys, settings)
