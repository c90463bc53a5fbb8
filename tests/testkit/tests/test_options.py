"""Options are read as they would be from settings."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from satchel_hookspecs import shared
from satchel_testkit.options import OptionError, filled, make_config, merged, read_options


class Plugin:
    @dataclass(frozen=True)
    class Config:
        temp_dir: Path = shared()
        hosts: tuple[str, ...] = shared(())
        deadline: float = 1.0


def test_a_value_is_read_as_toml_where_it_is_toml() -> None:
    lines = ["temp_dir=/tmp/a", "mine.deadline=2", 'hosts=["a:1", "b:2"]', "on=true"]

    assert read_options(None, lines) == {
        "temp_dir": "/tmp/a", "mine": {"deadline": 2}, "hosts": ["a:1", "b:2"], "on": True,
    }  # fmt: skip


def test_lines_come_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "satchel.toml"
    file.write_text('temp_dir = "a"\n[mine]\ndeadline = 3\nmore = 1\n')

    options = read_options(str(file), ["mine.deadline=2"])

    assert options == {"temp_dir": "a", "mine": {"deadline": 2, "more": 1}}


def test_a_config_takes_shared_words_and_its_own_table() -> None:
    options = {"temp_dir": "/tmp/a", "hosts": ["a:1"], "mine": {"deadline": 2}, "other": 1}

    config = make_config(Plugin, "mine", options)

    assert config == Plugin.Config(Path("/tmp/a"), ("a:1",), 2.0)


def test_a_missing_option_is_named_with_the_way_out() -> None:
    with pytest.raises(OptionError, match=r"temp_dir.*--satchel-option"):
        make_config(Plugin, "mine", {})


def test_a_plugin_without_options_has_no_config() -> None:
    assert make_config(object, "mine", {"temp_dir": "a"}) is None


def test_what_is_given_comes_before_what_a_harness_sets() -> None:
    assert merged({"a": 1, "t": {"x": 1, "y": 1}}, {"t": {"x": 2}, "b": 2}) == {
        "a": 1, "b": 2, "t": {"x": 2, "y": 1},
    }  # fmt: skip


def test_the_folder_of_a_test_is_filled_in_everywhere() -> None:
    options = {"dsn": "sqlite:///{folder}/a.db", "t": {"x": ["{folder}", 1]}}

    assert filled(options, Path("/tmp/t")) == {
        "dsn": "sqlite:////tmp/t/a.db",
        "t": {"x": ["/tmp/t", 1]},
    }
