"""Runs other processes over the medium of a test."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence

from satchel_testkit.harness import Harness
from satchel_testkit.subject import Subject


async def run_nodes(
    subject: Subject, harness: Harness, works: Sequence[str], amount: int
) -> list[int]:
    """Let one process for each of ``works`` do it at the same time, and return what they answer."""
    orders = [_order(subject, harness, work, amount, str(n)) for n, work in enumerate(works)]
    nodes = [await _start(order) for order in orders]
    try:
        for node in nodes:
            await _line(node)
        for node in nodes:
            assert node.stdin is not None
            node.stdin.write(b"go\n")
        return [int(await _line(node)) for node in nodes]
    finally:
        for node in nodes:
            if node.returncode is None:
                node.kill()
            await node.communicate()


def _order(subject: Subject, harness: Harness, work: str, amount: int, name: str) -> str:
    order = {
        "spec": subject.spec, "wrapping": subject.wrapping, "options": subject.options,
        "harness": subject.harness_name, "folder": str(harness.folder), "work": work,
        "moved": harness.clock.moved, "amount": amount, "name": name,
    }  # fmt: skip
    return json.dumps(order, default=str)


async def _start(order: str) -> Process:
    path = os.pathsep.join(filter(None, sys.path))
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "satchel_testkit.node", order,
        stdin=PIPE, stdout=PIPE, stderr=PIPE, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


async def _line(node: Process) -> bytes:
    assert node.stdout is not None
    line = await node.stdout.readline()
    if not line:
        assert node.stderr is not None
        raise AssertionError((await node.stderr.read()).decode(errors="replace"))
    return line
