"""What is measured, under which labels, and how it is served."""

import asyncio
import logging
import time
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from satchel_hookspecs import (
    ABSENT,
    BLOCK,
    AttachmentSpecs,
    ChecksumMismatch,
    Conflict,
    MemoryAttachments,
    MemorySessions,
    PluginContext,
    Purpose,
    QuotaExceeded,
    Ref,
    SessionSpecs,
    StoreError,
    Unavailable,
    UploadRequest,
)
from satchel_hookspecs.markers import KIND
from satchel_testkit.content import cut, digest, some_bytes, stream
from satchel_testkit.relay import Hooks, compose
from satchel_wrap_metrics import CONTENT_TYPE, Metrics, exposition
from satchel_wrap_metrics.meters import Meters, name_of

OWNER, GROUP = "a" * 32, "g1"
REF = Ref(OWNER, GROUP, "id1")
KEY = "0" * 64
HOOKS = sorted(
    name
    for specs in (SessionSpecs, AttachmentSpecs)
    for name, spec in vars(specs).items()
    if getattr(spec, KIND, "") == "store"
)


class Late(Unavailable):
    """A store's own error."""


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> Metrics:
    metrics = Metrics(Metrics.Config(), context())
    metrics.meters = Meters(registry)
    return metrics


def context() -> PluginContext:
    return PluginContext("it", "node", time.time, logging.getLogger(), (), {}, Hooks())


async def measure(metrics: Metrics, hook: str, answer: Any) -> Any:
    """Call the wrapper of a hook, inside of which ``answer`` is returned or raised."""

    async def call_next(**changed: Any) -> Any:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    more = {"blocks": stream(())} if hook == "attachment_upload" else {}
    return await getattr(metrics, hook)(**more, call_next=call_next, store="the_store")


async def attachments(metrics: Metrics) -> Hooks:
    hooks = compose(Hooks(), MemoryAttachments(None, context()), [metrics])
    await hooks.attachments_touch(owner=OWNER, group=GROUP, ttl=3600)
    return hooks


async def keep(hooks: Hooks, content: bytes) -> None:
    request = UploadRequest(REF, "report.pdf", "application/pdf", len(content))
    await hooks.attachment_upload(request=request, start=0, blocks=stream(cut(content)))
    await hooks.attachment_seal(ref=REF, size=len(content), sha256=digest(content))


@pytest.mark.parametrize("hook", HOOKS)
async def test_every_hook_of_a_store_is_counted_and_timed(metrics, registry, hook: str) -> None:
    labels = {"hook": hook, "store": "the_store"}

    assert await measure(metrics, hook, None) is None

    assert registry.get_sample_value("satchel_hook_calls_total", labels) == 1
    assert registry.get_sample_value("satchel_hook_seconds_count", labels) == 1
    assert "satchel_hook_errors_total" not in _samples(registry)


@pytest.mark.parametrize("hook", HOOKS)
async def test_every_error_is_counted_by_its_class_and_goes_on(metrics, registry, hook) -> None:
    error = Conflict(None)

    with pytest.raises(Conflict) as raised:
        await measure(metrics, hook, error)

    assert raised.value is error
    labels = {"hook": hook, "store": "the_store", "error": "Conflict"}
    assert registry.get_sample_value("satchel_hook_errors_total", labels) == 1


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (Unavailable(), "Unavailable"),
        (Late(), "Unavailable"),
        (QuotaExceeded(1), "QuotaExceeded"),
        (StoreError(), "unexpected"),
        (KeyError("an owner's secret"), "unexpected"),
        (asyncio.CancelledError(), "cancelled"),
    ],
)
def test_an_error_goes_by_a_name_of_the_contract(error, name) -> None:
    assert name_of(error) == name


async def test_a_call_that_runs_is_counted_and_not_yet_timed(metrics, registry) -> None:
    began, resume = asyncio.Event(), asyncio.Event()

    async def call_next() -> None:
        began.set()
        await resume.wait()

    call = asyncio.create_task(metrics.session_read(call_next=call_next, store="the_store"))
    await began.wait()

    labels = {"hook": "session_read", "store": "the_store"}
    assert registry.get_sample_value("satchel_hook_calls_total", labels) == 1
    assert registry.get_sample_value("satchel_hook_seconds_count", labels) in (None, 0)
    call.cancel()
    await asyncio.wait({call})
    labels["error"] = "cancelled"
    assert registry.get_sample_value("satchel_hook_errors_total", labels) == 1


async def test_the_clients_bytes_are_added_up_both_ways(metrics, registry) -> None:
    hooks = await attachments(metrics)
    await keep(hooks, some_bytes(2 * BLOCK + 5))

    get = hooks.attachment_get(ref=REF, first=1, last=None, purpose=Purpose.SEND)
    async with await get as reader:
        read = sum([block.size async for block in reader])

    assert read == BLOCK + 5
    for direction, size in (("in", 2 * BLOCK + 5), ("out", BLOCK + 5)):
        labels = {"direction": direction, "store": "store"}
        assert registry.get_sample_value("satchel_attachment_bytes_total", labels) == size


async def test_an_error_while_reading_is_one_of_the_get(metrics, registry) -> None:
    store = MemoryAttachments(None, context())
    hooks = compose(Hooks(), store, [metrics])
    await hooks.attachments_touch(owner=OWNER, group=GROUP, ttl=3600)
    await keep(hooks, b"hello")
    for kept in store._kept.values():
        kept.frames.clear()

    get = hooks.attachment_get(ref=REF, first=0, last=None, purpose=Purpose.SEND)
    with pytest.raises(ChecksumMismatch):
        async with await get as reader:
            async for _ in reader:
                pass

    labels = {"hook": "attachment_get", "store": "store", "error": "ChecksumMismatch"}
    assert registry.get_sample_value("satchel_hook_errors_total", labels) == 1


async def test_a_reader_left_early_is_no_error(metrics, registry) -> None:
    hooks = await attachments(metrics)
    await keep(hooks, some_bytes(3 * BLOCK))

    get = hooks.attachment_get(ref=REF, first=0, last=None, purpose=Purpose.SEND)
    async with await get as reader:
        await anext(aiter(reader))

    assert "satchel_hook_errors_total" not in _samples(registry)


async def test_sessions_are_measured_and_what_they_answer_is_handed_on(metrics, registry) -> None:
    hooks = compose(Hooks(), MemorySessions(None, context()), [metrics])
    version = await hooks.session_write(key=KEY, data=b"x", expect=ABSENT, ttl=60, owner=None)

    found = await hooks.session_read(key=KEY)
    with pytest.raises(Conflict):
        await hooks.session_write(key=KEY, data=b"x", expect=ABSENT, ttl=60, owner=None)

    assert (found.data, found.version) == (b"x", version)
    labels = {"hook": "session_write", "store": "store"}
    assert registry.get_sample_value("satchel_hook_calls_total", labels) == 2


async def test_no_label_says_whose_it_was_or_what(metrics, registry) -> None:
    hooks = await attachments(metrics)
    await keep(hooks, b"hello")
    await hooks.attachment_list(owner=OWNER, group=GROUP)

    labels = {name for one in registry.collect() for s in one.samples for name in s.labels}
    values = {
        value for one in registry.collect() for s in one.samples for value in s.labels.values()
    }
    assert labels == {"hook", "store", "direction", "le"}
    assert not values & {OWNER, GROUP, "id1", "report.pdf"}


async def test_the_page_is_what_prometheus_reads() -> None:
    await measure(Metrics(Metrics.Config(), context()), "session_touch", True)

    families = {one.name for one in text_string_to_metric_families(exposition().decode())}
    assert {"satchel_hook_calls", "satchel_hook_seconds"} <= families
    assert CONTENT_TYPE.startswith("text/plain; version=0.0.4")


async def test_two_hosts_of_one_process_share_the_series() -> None:
    labels = {"hook": "session_list", "store": "the_store"}
    before = REGISTRY.get_sample_value("satchel_hook_calls_total", labels) or 0
    both = [Metrics(Metrics.Config("default"), context()) for _ in range(2)]

    for one in both:
        await measure(one, "session_list", ())

    assert REGISTRY.get_sample_value("satchel_hook_calls_total", labels) == before + 2


class Counting:
    """A plugin that counts."""

    def __init__(self) -> None:
        self.counters = {"alone": 0}


async def test_what_another_plugin_counts_is_shown_while_it_is_in_use(registry) -> None:
    plugin, config = Counting(), Metrics.Config(counters=("memcache",))
    one = Metrics(config, replace(context(), plugins={"memcache": plugin}))
    one.meters = Meters(registry)
    labels = {"plugin": "memcache", "event": "alone"}
    counted = partial(registry.get_sample_value, "satchel_plugin_events_total", labels)

    async with one.plugin_lifespan(context()):
        assert counted() == 0
        plugin.counters["alone"] += 2
        assert counted() == 2
    assert counted() is None


async def test_two_hosts_of_one_process_add_up_what_their_plugins_count(registry) -> None:
    plugins, meters = [Counting(), Counting()], Meters(registry)
    labels = {"plugin": "memcache", "event": "alone"}
    with meters.counts.showing({"memcache": plugins[0]}):
        with meters.counts.showing({"memcache": plugins[1]}):
            for plugin in plugins:
                plugin.counters["alone"] += 3
            assert registry.get_sample_value("satchel_plugin_events_total", labels) == 6
        assert registry.get_sample_value("satchel_plugin_events_total", labels) == 3


@pytest.mark.parametrize(
    ("written", "names"),
    [({}, ()), ({"counters": ["memcache"]}, ("memcache",)), ({"counters": "a, b"}, ("a", "b"))],
)
def test_what_is_counted_elsewhere_is_required(written, names) -> None:
    assert Metrics.requires(written) == names


def test_a_plugin_that_counts_nothing_is_refused_by_its_name() -> None:
    config = Metrics.Config(counters=("database",))

    with pytest.raises(ValueError, match='"database" has no counts'):
        Metrics(config, replace(context(), plugins={"database": object()}))


def _samples(registry: CollectorRegistry) -> set[str]:
    return {sample.name for one in registry.collect() for sample in one.samples}
