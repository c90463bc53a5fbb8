"""Sweeping: what is over its time is deleted, and no fault of a store ends that."""

import asyncio
import logging
from dataclasses import replace

import pytest

from satchel.host import Host
from satchel.plugins.sweep import Swept, sweep, sweep_forever
from satchel_hookspecs import ABSENT, Block, GcReport, Ref, Unavailable, UploadRequest


async def test_a_sweep_counts_what_it_deleted(settings_of):
    now = [1000.0]
    host = Host(settings_of())
    for one in host.plugins.active:
        one.instance.ctx = _at(one.context, now)
    deleted = []
    host.hooks.attachment_deleted = _recorded(deleted)
    ref = await _expiring(host)
    now[0] += 100

    assert Swept(0, 1, 1) == await sweep(host.plugins)
    assert Swept(0, 0, 0) == await sweep(host.plugins)
    assert [(ref, "expired")] == deleted


def _at(context, now):
    return replace(context, clock=lambda: now[0])


def _recorded(deleted):
    async def attachment_deleted(ref, reason):
        deleted.append((ref, reason))

    return attachment_deleted


async def _expiring(host: Host) -> Ref:
    ref = Ref("owner", "group", "id")

    async def blocks():
        yield Block.of(0, b"x")

    hooks = host.hooks
    await hooks.session_write(key="1" * 64, data=b"x", expect=ABSENT, ttl=60, owner=None)
    await hooks.attachments_touch(owner="owner", group="group", ttl=60)
    request = UploadRequest(ref, "a.txt", "text/plain", 1)
    await hooks.attachment_upload(request=request, start=0, blocks=blocks())
    return ref


async def test_the_sweep_goes_on_after_a_store_was_away(settings_of, caplog):
    caplog.set_level(logging.WARNING)
    host, swept_again, calls = Host(settings_of()), asyncio.Event(), []

    async def session_gc(limit):
        calls.append(limit)
        if len(calls) == 1:
            raise Unavailable("the store is away")
        if len(calls) == 2:
            raise ZeroDivisionError
        swept_again.set()
        return GcReport(0, False)

    host.hooks.session_gc = session_gc
    task = asyncio.create_task(sweep_forever(host.plugins, 0.001))
    await swept_again.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert "the sweep was cut short: the store is away" in caplog.text
    assert "the sweep failed" in caplog.text


async def test_a_sweep_ends_although_a_store_always_has_more(settings_of):
    host = Host(settings_of())

    async def session_gc(limit):
        return GcReport(1, True)

    host.hooks.session_gc = session_gc

    assert (await sweep(host.plugins)).sessions == 100
