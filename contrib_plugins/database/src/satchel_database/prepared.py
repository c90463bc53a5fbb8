"""A statement as a driver takes it, compiled once and kept as long as the statement."""

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any
from weakref import finalize

from sqlalchemy import BindParameter, CompoundSelect, Delete, Executable, Insert, Select, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from satchel_database.rows import Rows

Value = Any  # whatever a column keeps
Values = Mapping[str, object]
Process = Callable[[Value], Value]
FOUND = (Select, CompoundSelect)
KNOWN = (*FOUND, Insert, Update, Delete)


class Parameter:
    """Where the value of one parameter comes from when none is given."""

    __slots__ = ("_default", "_make", "is_asked", "key", "process")

    def __init__(self, bound: BindParameter[Value], dialect: Dialect, given: Sequence[str]) -> None:
        self.key = bound.key
        self.process = bound.type.dialect_impl(dialect).bind_processor(dialect)
        self.is_asked = bound.key not in given
        self._default = bound.value
        self._make = self._miss if bound.required else bound.callable

    def make(self) -> Value:
        """The value for one run of the statement."""
        return self._make() if self._make else self._default

    def _miss(self) -> Value:
        raise KeyError(f'The statement needs a value for "{self.key}".')


class Prepared:
    """The text for the driver, and how values go in and rows come out.

    Before its first run it has to ``learn`` what kinds of columns the driver answers with.
    """

    __slots__ = ("_asked", "_columns", "_dialect", "_order", "_processes", "answers", "text")

    def __init__(self, compiled: SQLCompiler, dialect: Dialect, given: Sequence[str]) -> None:
        statement = compiled.statement
        self.text = compiled.string
        self.answers = isinstance(statement, FOUND) or bool(compiled.effective_returning)
        order = compiled.positiontup or []
        parameters = {name: Parameter(compiled.binds[name], dialect, given) for name in order}
        self._asked = [each for each in parameters.values() if each.is_asked]
        self._order = [(parameters[name].key, parameters[name].process) for name in order]
        self._dialect = dialect
        self._columns = [each.type for each in getattr(statement, "exported_columns", ())]
        self._processes: Sequence[tuple[int, Process]] | None = None if self._columns else ()

    @property
    def is_learned(self) -> bool:
        """Whether its rows can be told."""
        return self._processes is not None

    def learn(self, kinds: Sequence[object] | None) -> None:
        """Take the driver's own word for the type of each column, if it has one."""
        processes = (
            column.dialect_impl(self._dialect).result_processor(self._dialect, kind)
            for column, kind in zip(self._columns, kinds or repeat(None), strict=False)
        )
        self._processes = [(at, process) for at, process in enumerate(processes) if process]

    def arguments(self, given: Values) -> list[Value]:
        """The values in the order of the text, of the names it was prepared for."""
        if self._asked:
            given = dict(given)
            for each in self._asked:
                given[each.key] = each.make()
        return [process(given[key]) if process else given[key] for key, process in self._order]

    def finish(self, rows: Rows) -> Rows:
        """The rows as the statement's columns have them."""
        if not self._processes:
            return rows
        found = []
        for row in rows:
            values = list(row)
            for at, process in self._processes:
                values[at] = process(values[at])
            found.append(values)
        return Rows(found, rows.rowcount)


class PreparedStatements:
    """Every statement that was asked for, for one kind of database."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        # By what they are, not by what they say; each is forgotten with its statement.
        self._known = dict[int, dict[tuple[str, ...], Prepared | None]]()

    def find(self, statement: Executable, given: Values) -> Prepared | None:
        """The statement for these parameters, or ``None`` if SQLAlchemy itself has to run it."""
        try:
            return self._known[id(statement)][tuple(given)]
        except KeyError:
            return self._learn(statement, tuple(given))

    def _learn(self, statement: Executable, names: tuple[str, ...]) -> Prepared | None:
        known = self._known.get(id(statement))
        if known is None:
            known = self._known[id(statement)] = {}
            finalize(statement, self._known.pop, id(statement)).atexit = False
        known[names] = prepared = self._prepare(statement, names)
        return prepared

    def _prepare(self, statement: Executable, names: Sequence[str]) -> Prepared | None:
        if not isinstance(statement, KNOWN):
            return None
        compiled = statement.compile(dialect=self._dialect, column_keys=list(names))
        assert isinstance(compiled, SQLCompiler)
        made_when_run = (
            compiled.post_compile_params
            or compiled.literal_execute_params
            or compiled.insert_prefetch
            or compiled.update_prefetch
        )
        return None if made_when_run else Prepared(compiled, self._dialect, names)
