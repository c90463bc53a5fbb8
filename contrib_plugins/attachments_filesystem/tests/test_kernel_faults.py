"""What the kernel may answer instead of keeping a file: strace lets one process hear it."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.servers.programs import find_program, report_missing

from satchel_attachments_filesystem import FilesystemAttachments
from satchel_hookspecs import StorageFull

from .conftest import REF, content_of, context, keep

NODE = Path(__file__).with_name("node.py")


@pytest.fixture
async def kept(tmp_path: Path) -> Path:
    """A folder in which a file is kept; the path of its piece."""
    store = FilesystemAttachments(FilesystemAttachments.Config(tmp_path), context())
    async with store.plugin_lifespan(context()):
        await store.attachments_touch(REF.owner, REF.group, 3600)
        await keep(store, b"hello")
    [piece] = tmp_path.rglob("*.piece")
    return piece


def ask_a_process(
    folder: Path, *ids: str, strace: Sequence[str | Path]
) -> tuple[list[str], list[str], str]:
    """Keep files in a process that strace lies to: what each said, what is whole, its health."""
    program = find_program("strace")
    if subprocess.run([program, "-qq", "true"], check=False).returncode:
        report_missing("strace may not be used here: let this process trace others.")
    trace = ["-f", "-qq", "-o", folder / "trace", *strace]
    command = [program, *trace, sys.executable, NODE, folder, *ids]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "(INJECTED)" in (folder / "trace").read_text()
    said, sealed, health = json.loads(done.stdout)
    return said, sealed, health


def test_after_a_lost_write_a_second_fsync_that_succeeds_is_not_believed(kept, tmp_path):
    strace = ["-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=3"]  # that of the piece

    (refused, later, earlier), sealed, health = ask_a_process(tmp_path, "id2", "id3", strace=strace)

    assert refused.startswith("Unavailable")
    assert later.startswith("Unavailable")
    assert "restart" in later
    assert (earlier, sealed, health) == ("hello", ["id1"], "failed")
    assert list(tmp_path.rglob("*.piece")) == [kept]


def test_a_file_that_cannot_be_read_is_unavailable_and_no_other_suffers(kept, tmp_path):
    strace = ["-e", "trace=pread64", "-P", kept, "-e", "inject=pread64:error=EIO"]

    (other, damaged), sealed, health = ask_a_process(tmp_path, "id2", strace=strace)

    assert other == "kept"
    assert damaged.startswith("Unavailable")
    assert "Input/output error" in damaged
    assert (sealed, health) == (["id1", "id2"], "ok")


def test_a_file_above_the_quota_is_refused_and_the_next_is_kept(kept, tmp_path):
    strace = ["-e", "trace=writev", "-e", "inject=writev:error=EDQUOT:when=2"]  # that of the piece

    (refused, next_one, earlier), sealed, health = ask_a_process(
        tmp_path, "id2", "id3", strace=strace
    )

    assert refused.startswith("StorageFull")
    assert next_one == "kept"
    assert (earlier, sealed, health) == ("hello", ["id1", "id3"], "ok")
    assert len(list(tmp_path.rglob("*.piece"))) == 2


async def test_a_file_larger_than_the_limit_of_the_process_is_refused(kept, tmp_path):
    store = FilesystemAttachments(FilesystemAttachments.Config(tmp_path), context())
    async with store.plugin_lifespan(context()):
        with files_limited_to(1_000_000), pytest.raises(StorageFull):
            await keep(store, b"x" * 2_000_000, "id2")

        assert await content_of(store) == b"hello"
        assert list(tmp_path.rglob("*.piece")) == [kept]
        await keep(store, b"x" * 2_000_000, "id3")


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Let this process write no file beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
