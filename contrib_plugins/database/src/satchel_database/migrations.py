"""The tables of a plugin: how they get from any state to the newest."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from satchel_database.errors import NewerSchema
from satchel_database.operations import RepeatableOperations
from satchel_database.prefix import Prefix

Steps = list[RevisionStep]


class Migrations:
    """The scripts in a folder of a plugin, each with ``def upgrade(op, prefix) -> None``.

    They get ``op`` as an argument, because alembic's global one is shared by all tasks and threads
    of the process.
    """

    def __init__(self, plugin: str, folder: Path, prefix: Prefix) -> None:
        self._plugin = plugin
        self._prefix = prefix
        self._scripts = ScriptDirectory(folder, version_locations=[folder])

    def pending(self, connection: Connection) -> Sequence[str]:
        """The revisions that the tables do not have yet, oldest first."""
        heads = self._context(connection, lambda _heads, _context: []).get_current_heads()
        return [step.revision.revision for step in self._steps(heads)]

    def apply(self, connection: Connection) -> None:
        """Bring the tables to the newest revision, inside of the connection's transaction."""
        context = self._context(connection, lambda heads, _context: self._steps(heads))
        repeatable = connection.dialect.name in ("mysql", "mariadb")
        operations = RepeatableOperations if repeatable else Operations
        context.run_migrations(op=operations(context), prefix=self._prefix)

    def _context(
        self,
        connection: Connection,
        steps: Callable[[Any, MigrationContext], Steps],  # Any: heads, loosely typed by alembic
    ) -> MigrationContext:
        options = {
            "fn": steps,
            "version_table": self._prefix.name(f"satchel_version_{self._plugin}"),
            "version_table_schema": self._prefix.schema,
        }
        return MigrationContext.configure(connection, opts=options)

    def _steps(self, heads: Any) -> Steps:  # Any: as above
        try:
            return self._scripts._upgrade_revs("head", heads)
        except CommandError as error:
            raise NewerSchema(
                f'The tables of "{self._plugin}" are in a state that this version does not know: '
                "install the version that made them, or a newer one."
            ) from error
