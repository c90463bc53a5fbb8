"""Secrets: what is none, where they may be kept, and that nobody repeats them."""

import secrets
from dataclasses import replace

import pytest

from satchel.settings import Settings, settings_from

SECRET = secrets.token_urlsafe(48)


def of(environ: dict[str, str] | None = None, **written: object) -> Settings:
    return settings_from({"secret": SECRET, **written}, environ, "satchel.toml")


def problems_of(environ: dict[str, str] | None = None, **written: object) -> str:
    return "\n".join(map(str, of(environ, **written).problems))


def test_a_missing_secret_says_how_to_make_one():
    found = "\n".join(map(str, settings_from({}).problems))

    assert '"secret" is not set.' in found
    assert "secrets.token_urlsafe(48)" in found


@pytest.mark.parametrize(
    ("secret", "wrong"),
    [
        ("short", "has 5 characters; 32 is the least"),
        ("x" * 40, "can be guessed"),
        ("changeme-changeme-changeme-changeme-1234", "can be guessed"),
        ([SECRET, "rcmail-!24ByteDESkey*Str and some more"], "(the 2. of the list) can be guessed"),
    ],
)
def test_a_secret_that_is_none_is_refused(secret, wrong):
    found = problems_of(secret=secret)

    assert wrong in found
    assert str(secret) not in found


def test_a_secret_of_a_wrong_type_is_not_repeated():
    found = problems_of(secret=[SECRET, 5])

    assert "a secret that is not shown" in found
    assert SECRET not in found


def test_a_list_of_secrets_is_a_key_ring_with_the_newest_first():
    older = secrets.token_urlsafe(48)

    assert (SECRET, older) == of(secret=[SECRET, older]).secret


def test_a_secret_can_be_in_a_file(tmp_path):
    kept = tmp_path / "secret"
    kept.write_text(SECRET + "\n")
    kept.chmod(0o600)

    settings = of(secret={"file": str(kept)})

    assert (settings.secret, settings.problems, settings.warnings) == ((SECRET,), (), ())


def test_a_secret_file_that_everybody_reads_is_a_warning(tmp_path):
    kept = tmp_path / "secret"
    kept.write_text(SECRET)
    kept.chmod(0o644)

    (warning,) = of(secret=[{"file": str(kept)}]).warnings

    assert f"chmod o-rwx {kept}" == warning.way_out


def test_a_secret_can_be_in_another_variable():
    assert of({"RING": SECRET}, secret=[{"env": "RING"}]).secret == (SECRET,)


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ({"env": "NOWHERE"}, "the variable NOWHERE is not set"),
        ({"file": "/nowhere/at/all"}, 'the file "/nowhere/at/all" cannot be read: No such file'),
    ],
)
def test_a_reference_to_nothing_names_what_is_missing(reference, reason):
    found = problems_of(smtp_pass=reference)

    assert f'"smtp_pass" in satchel.toml refers to a secret, but {reason}' in found


def test_a_number_can_be_kept_by_reference():
    assert of({"DAYS": "7"}, keep_signed_in={"env": "DAYS"}).keep_signed_in == 7.0


def test_secrets_are_not_in_the_representation():
    settings = of({"SATCHEL_SMTP_PASS": "hunter2-hunter2"}, db_dsnw="postgresql://u:hunter3@x/y")

    assert settings.smtp_pass == "hunter2-hunter2"
    for text in (repr(settings), repr(replace(settings)), str(settings)):
        assert "hunter" not in text
        assert SECRET not in text
