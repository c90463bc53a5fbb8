"""A statement as a driver takes it, compiled once and kept as long as the statement."""

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, CompoundSelect, Delete, Executable, Insert, Select, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from satchel_database.rows import Row, Rows

Value = Any  # whatever a column keeps
Values = Mapping[str, object]
Process = Callable[[Value], Value]
FOUND = (Select, CompoundSelect)
KNOWN = (*FOUND, Insert, Update, Delete)


class Parameter:
    """Where the value of one parameter comes from."""

    __slots__ = ("_default", "_key", "_make", "_process")

    def __init__(self, bound: BindParameter[Value], dialect: Dialect) -> None:
        self._key = bound.key
        self._default = bound.value
        self._make = self._miss if bound.required else bound.callable
        self._process = bound.type.dialect_impl(dialect).bind_processor(dialect)

    def take(self, given: Values) -> Value:
        """The value for one run of the statement."""
        if self._key in given:
            value = given[self._key]
        else:
            value = self._make() if self._make else self._default
        return self._process(value) if self._process else value

    def _miss(self) -> Value:
        raise KeyError(f'The statement needs a value for "{self._key}".')


class Prepared:
    """The text for the driver, and how values go in and rows come out.

    Before its first run it has to ``learn`` what kinds of columns the driver answers with.
    """

    __slots__ = ("_columns", "_dialect", "_order", "_parameters", "_processes", "answers", "text")

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        statement = compiled.statement
        self.text = compiled.string
        self.answers = isinstance(statement, FOUND) or bool(compiled.effective_returning)
        self._order = compiled.positiontup or []
        self._parameters = {
            name: Parameter(compiled.binds[name], dialect) for name in dict.fromkeys(self._order)
        }
        self._dialect = dialect
        self._columns = [each.type for each in getattr(statement, "exported_columns", ())]
        self._processes: Sequence[Process | None] | None = None if self._columns else ()

    @property
    def is_learned(self) -> bool:
        """Whether its rows can be told."""
        return self._processes is not None

    def learn(self, kinds: Sequence[object] | None) -> None:
        """Take the driver's own word for the type of each column, if it has one."""
        processes = [
            column.dialect_impl(self._dialect).result_processor(self._dialect, kind)
            for column, kind in zip(self._columns, kinds or repeat(None), strict=False)
        ]
        self._processes = processes if any(processes) else ()

    def arguments(self, given: Values) -> list[Value]:
        """The values in the order of the text; a parameter that it has twice is made once."""
        values = {name: parameter.take(given) for name, parameter in self._parameters.items()}
        return [values[name] for name in self._order]

    def finish(self, rows: Rows) -> Rows:
        """The rows as the statement's columns have them."""
        if not self._processes:
            return rows
        return Rows([self._row(row) for row in rows], rows.rowcount)

    def _row(self, row: Row) -> Row:
        # A list first: a generator that is read by tuple() takes twice as long.
        values = zip(self._processes or (), row, strict=True)
        return tuple([process(value) if process else value for process, value in values])


class PreparedStatements:
    """Every statement that was asked for, for one kind of database."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known = WeakKeyDictionary[Executable, dict[tuple[str, ...], Prepared | None]]()

    def find(self, statement: Executable, given: Values) -> Prepared | None:
        """The statement for these parameters, or ``None`` if SQLAlchemy itself has to run it."""
        known = self._known.get(statement)
        if known is None:
            known = self._known[statement] = {}
        names = tuple(given)
        if names not in known:
            known[names] = self._prepare(statement, names)
        return known[names]

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
        return None if made_when_run else Prepared(compiled, self._dialect)
