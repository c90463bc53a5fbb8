"""The operations of migrations, where a change of tables cannot be undone."""

from typing import Any

from alembic.operations import Operations


class RepeatableOperations(Operations):
    """What MariaDB is told: each step passes over what an interrupted attempt has left.

    MariaDB commits before and after every change of a table. Tables compare text byte by byte, as
    those of other databases do.
    """

    # Any: as alembic takes them
    def create_table(self, table_name: str, *columns: Any, **options: Any) -> Any:
        usual = {
            "mysql_engine": "InnoDB",
            "mysql_charset": "utf8mb4",
            "mysql_collate": "utf8mb4_nopad_bin",
        }
        return super().create_table(table_name, *columns, if_not_exists=True, **usual | options)

    def create_index(self, *args: Any, **options: Any) -> None:
        super().create_index(*args, if_not_exists=True, **options)

    def drop_table(self, table_name: str, **options: Any) -> None:
        super().drop_table(table_name, if_exists=True, **options)

    def drop_index(self, index_name: str, *args: Any, **options: Any) -> None:
        super().drop_index(index_name, *args, if_exists=True, **options)

    def add_column(self, table_name: str, column: Any, **options: Any) -> None:
        super().add_column(table_name, column, if_not_exists=True, **options)

    def drop_column(self, table_name: str, column_name: str, **options: Any) -> None:
        super().drop_column(table_name, column_name, if_exists=True, **options)
