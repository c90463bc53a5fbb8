"""Settings: types, references, the environment, and all that is wrong at once."""

import secrets
from pathlib import Path

import pytest

from satchel.settings import Settings, read_settings, settings_from

SECRET = secrets.token_urlsafe(48)


def of(environ: dict[str, str] | None = None, **written: object) -> Settings:
    return settings_from({"secret": SECRET, **written}, environ, "satchel.toml")


def problems_of(environ: dict[str, str] | None = None, **written: object) -> str:
    return "\n".join(map(str, of(environ, **written).problems))


def test_a_secret_is_all_that_has_to_be_set():
    settings = of()

    assert settings.problems == ()
    assert (
        settings.session_storage,
        settings.attachment_storage,
        settings.record_storage,
    ) == ("db", "filesystem", None)
    assert (settings.idle_seconds, settings.absolute_seconds) == (30 * 60, 12 * 3600)


@pytest.mark.parametrize("text", ["false", "no", "off", "0", "FALSE"])
def test_a_variable_that_says_false_is_false(text):
    assert of({"SATCHEL_USE_HTTPS": text}).use_https is False


@pytest.mark.parametrize("text", ["true", "yes", "on", "1", " True "])
def test_a_variable_that_says_true_is_true(text):
    assert of({"SATCHEL_USE_HTTPS": text}, use_https=False).use_https is True


def test_a_text_in_the_file_is_no_boolean():
    assert 'is "false", but it must be true or false' in problems_of(use_https="false")


def test_a_boolean_is_no_number():
    assert '"session_lifetime" in satchel.toml is true' in problems_of(session_lifetime=True)


def test_the_environment_stands_above_the_file():
    settings = of({"SATCHEL_SESSION_STORAGE": "memcache"}, session_storage="db")

    assert settings.session_storage == "memcache"


@pytest.mark.parametrize("text", ["metrics, quota", '["metrics", "quota"]', "metrics,quota,"])
def test_a_variable_can_hold_a_list(text):
    assert of({"SATCHEL_SESSION_WRAP": text}).session_wrap == ("metrics", "quota")


def test_a_name_that_looks_like_a_number_stays_a_text():
    assert of({"SATCHEL_PRODUCT_NAME": "12345"}).product_name == "12345"


def test_a_fault_in_a_variable_names_the_variable():
    found = problems_of({"SATCHEL_SESSION_LIFETIME": "soon"})

    assert '"session_lifetime" in the variable SATCHEL_SESSION_LIFETIME is "soon"' in found
    assert "Correct it in the variable SATCHEL_SESSION_LIFETIME." in found


def test_a_variable_without_a_name_is_refused():
    assert "The variable SATCHEL__ names no setting." in problems_of({"SATCHEL__": "x"})


def test_the_variable_that_names_the_file_is_no_setting():
    assert problems_of({"SATCHEL_CONFIG": "other.toml"}) == ""


def test_all_faults_are_found_at_once():
    found = problems_of(
        session_lifetime="soon",
        max_message_size="much",
        imap_host="imaps://mail.example.org",
        session_storage="../x",
        plugins=["a;b"],
        proxy_whitelist=["10.0.0.1/8"],
        trusted_host_patterns=["("],
        keep_signed_in=-1,
        start_timeout=0,
    )

    assert len(found.splitlines()) == 9


def test_a_faulty_setting_has_its_default_value():
    assert of(session_lifetime="soon", product_name="Post").session_lifetime == 30.0
    assert of(session_lifetime="soon", product_name="Post").product_name == "Post"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0, -1, "30", [], {}])
def test_a_lifetime_that_is_no_time_is_refused(value):
    assert '"session_lifetime" in satchel.toml is ' in problems_of(session_lifetime=value)


def test_an_optional_plugin_has_to_be_a_plugin():
    found = problems_of(plugins=["audit"], optional=["audti"])

    assert '"audti" is in "optional" but not in "plugins"' in found
    assert 'Did you mean "audit"?' in found


def test_a_session_cannot_idle_longer_than_it_lives():
    assert "longer than session_lifetime_max" in problems_of(session_lifetime=1440)


def write(folder: Path, text: str) -> Path:
    path = folder / "satchel.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_a_file_is_read(tmp_path):
    path = write(tmp_path, f'secret = "{SECRET}"\nproduct_name = "Post"\n')

    settings = read_settings(path, {})

    assert (settings.product_name, settings.problems, settings.warnings) == ("Post", (), ())


def test_a_file_that_is_not_there_is_named(tmp_path):
    found = str(read_settings(tmp_path / "none.toml", {}).problems[0])

    assert f'There is no settings file "{tmp_path}/none.toml".' in found


@pytest.mark.parametrize("text", ["a = ", "[a]\n[a]\n", "secret = 1\nsecret = 2\n", "\x00"])
def test_a_file_that_is_no_toml_is_named(tmp_path, text):
    found = str(read_settings(write(tmp_path, text), {}).problems[0])

    assert "satchel.toml" in found
    assert "is not TOML" in found


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "satchel.toml"
    path.write_bytes(b"\xff\xfe\x00")

    assert "is not TOML" in str(read_settings(path, {}).problems[0])


def test_a_secret_in_a_settings_file_that_everybody_reads_is_a_warning(tmp_path):
    path = write(tmp_path, f'secret = "{SECRET}"\n')
    path.chmod(0o644)

    assert f"chmod o-rwx {path}" == read_settings(path, {}).warnings[0].way_out
