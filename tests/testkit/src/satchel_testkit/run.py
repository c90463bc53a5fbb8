"""A run of the suites: which tests there are, for which stores, and what came out."""

from pathlib import Path

import pytest

from satchel_testkit import suites
from satchel_testkit.installed import NotInstalled
from satchel_testkit.options import OptionError, read_options
from satchel_testkit.report import Report
from satchel_testkit.subject import Subject, UnknownKind, find_subject
from satchel_testkit.suite import Suite
from satchel_testkit.wrappers import WRAPPINGS

FOLDER = Path(suites.__path__[0]).resolve()
STORE = "satchel_store"


class Run:
    """Registered with pytest when a store is named."""

    def __init__(self, config: pytest.Config) -> None:
        try:
            self._subjects = _find_subjects(config)
        except (NotInstalled, OptionError, UnknownKind, OSError) as error:
            raise pytest.UsageError(str(error)) from error
        self._report = Report(dict.fromkeys(subject.spec for subject in self._subjects))
        self._file = config.getoption("satchel_report")

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        if FOLDER not in file_path.resolve().parents or file_path.suffix != ".py":
            return None
        if file_path.name == "__init__.py":
            return None
        module: pytest.Collector = pytest.Module.from_parent(parent, path=file_path)
        return module

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "satchel_subject" not in metafunc.fixturenames:
            return
        only_plain = any(metafunc.definition.iter_markers("satchel_plain"))
        fitting = [
            subject
            for subject in self._subjects
            if _kind_of(metafunc) in (None, subject.kind)
            and (subject.wrapping == "plain" or not only_plain)
        ]
        ids = [f"{subject.spec}-{subject.wrapping}" for subject in fitting]
        metafunc.parametrize("satchel_subject", fitting, ids=ids, indirect=True, scope="function")

    @pytest.fixture
    def satchel_subject(self, request: pytest.FixtureRequest) -> Subject:
        """The store that is proved, and what stands around it."""
        subject: Subject = request.param
        return subject

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        nobodys = [item for item in items if _of_no_store(item)]
        if nobodys:
            items[:] = [item for item in items if item not in nobodys]
            config.hook.pytest_deselected(items=nobodys)
        for item in items:
            subject = _subject_of(item)
            if subject is not None:
                item.user_properties.append((STORE, subject.spec))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        spec = dict(report.user_properties).get(STORE)
        if isinstance(spec, str):
            self._report.take(spec, report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        asked = not session.config.getoption("collectonly")
        if asked and self._report.unproved and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("satchel")
        for line in self._report.lines():
            terminalreporter.write_line(line)
        if self._file:
            Path(self._file).write_text(self._report.as_json())


def _find_subjects(config: pytest.Config) -> list[Subject]:
    options = read_options(config.getoption("satchel_options"), config.getoption("satchel_option"))
    wrappings = config.getoption("satchel_wrap") or list(WRAPPINGS)
    specs = dict.fromkeys(config.getoption("satchel_store"))
    harness = config.getoption("satchel_harness")
    return [find_subject(spec, each, options, harness) for spec in specs for each in wrappings]


def _kind_of(metafunc: pytest.Metafunc) -> str | None:
    suite = metafunc.cls
    return suite.kind if suite is not None and issubclass(suite, Suite) else None


def _subject_of(item: pytest.Item) -> Subject | None:
    subject = getattr(item, "callspec", None) and item.callspec.params.get("satchel_subject")  # type: ignore[attr-defined]
    return subject if isinstance(subject, Subject) else None


def _of_no_store(item: pytest.Item) -> bool:
    return "satchel_subject" in getattr(item, "fixturenames", ()) and _subject_of(item) is None
