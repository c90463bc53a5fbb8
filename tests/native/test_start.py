"""What is found at start, and what the doctor says of sessions that the platform keeps."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from satchel.commands import main
from satchel.errors import StartupError
from satchel.host import Host
from satchel.settings import settings_from
from tests.native.pages import STORES
from tests.servers.ports import pick_free_port


def problems_of(native: dict[str, Any], **settings: Any) -> str:
    """What a host with these options says instead of starting."""
    with pytest.raises(StartupError) as refused:
        Host(settings_from({**STORES, "session_native": native, **settings}))
    return str(refused.value)


def write_settings(folder: Path, storage: str) -> Path:
    """Write a file with these sessions of the platform."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in STORES.items()]
    written = folder / "satchel.toml"
    written.write_text("\n".join([*lines, "[session_native]", f'storage = "{storage}"']))
    written.chmod(0o600)
    return written


def test_without_a_store_for_records_the_host_does_not_start():
    said = problems_of({}, record_storage="native")

    assert '"session_native" leaves sessions to the platform, so it cannot keep records.' in said
    assert 'Name another session store in "record_storage".' in said


def test_the_store_for_records_is_never_guessed():
    words = {name: value for name, value in STORES.items() if name != "record_storage"}
    with pytest.raises(StartupError, match='Name another session store in "record_storage"'):
        Host(settings_from(words))


@pytest.mark.parametrize(("extra", "library"), [("memcached", "aiomcache"), ("redis", "redis")])
def test_a_library_that_is_missing_is_named_with_what_to_type(
    extra: str, library: str, tmp_path: Path
):
    written = write_settings(tmp_path, extra)
    program = (
        f"import sys; sys.modules[{library!r}] = None; from satchel.commands import main; "
        f"sys.exit(main(['doctor', '--config', {str(written)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert f"pip install 'satchel-session-native[{extra}]'" in done.stdout
    assert f"needs {library}" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("native", "said"),
    [
        ({"storage": "cooky"}, 'No storage is called "cooky". There is application, cookie,'),
        ({"storage": "json:nothing"}, "nothing"),
        ({"storage": "sys:path"}, "no function that makes a storage"),
        ({"key": "short"}, "32 url-safe base64-encoded bytes"),
        ({"dsn": "localhost"}, '"dsn" is for "memcached" and "redis" alone, not for "cookie"'),
        ({"storage": "memcached", "key": "x"}, '"key" is for "cookie" alone'),
        ({"options": {"a": 1}}, '"options" are for a storage of others, not for "cookie"'),
        ({"storage": "memcached", "dsn": "http://x"}, "names no memcached host"),
        ({"storage": "redis", "dsn": "localhost"}, "redis://"),
        ({"timeout": 0}, '"timeout" must be more than 0'),
        ({"cookie_name": "a b"}, '"a b" names no cookie'),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_option_is_named(native: dict[str, Any], said: str):
    assert said in problems_of(native)


@pytest.mark.parametrize("storage", ["memcached", "redis"])
async def test_a_server_that_does_not_answer_is_found_at_start(storage: str):
    scheme = "redis://" if storage == "redis" else ""
    native = {"storage": storage, "dsn": f"{scheme}127.0.0.1:{pick_free_port()}"}
    host = Host(settings_from({**STORES, "session_native": native}))

    with pytest.raises(StartupError, match="The platform's sessions cannot be reached"):
        async with host.started():
            pass


async def test_a_storage_that_is_none_is_found_at_start():
    native = {"storage": "builtins:dict"}
    host = Host(settings_from({**STORES, "session_native": native}))

    with pytest.raises(StartupError, match='"builtins:dict" made no AbstractStorage'):
        async with host.started():
            pass


@pytest.mark.parametrize(
    ("storage", "sentence"),
    [
        ("cookie", "A session has to fit into a cookie of 4096 bytes"),
        ("cookie", "A cookie cannot be taken back"),
        ("memcached", "when it restarts empty, everybody has to sign in"),
        ("application", "An answer that streams or sends a file cannot change a session"),
        ("redis", "the answer that comes last wins"),
    ],
)
def test_the_doctor_says_what_the_platform_cannot_promise(
    storage: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    code = main(["doctor", "--config", str(write_settings(tmp_path, storage))])

    assert sentence in capsys.readouterr().out
    assert code == 0
