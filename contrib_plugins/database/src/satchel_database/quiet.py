"""Keeps what is stored out of logs and tracebacks."""

import logging

LOG = "satchel"
NAMING_VALUES = "invalid input for query argument"


def keep_rows_out_of_logs() -> None:
    """SQLAlchemy writes the rows it has read at DEBUG; asyncmy what the server warns of."""
    logging.getLogger(f"sqlalchemy.engine.Engine.{LOG}").addFilter(above_debug)
    logging.getLogger("asyncmy").addFilter(above_warning)


def above_debug(record: logging.LogRecord) -> bool:
    """Whether a line of SQLAlchemy's log may be kept."""
    return record.levelno > logging.DEBUG


def above_warning(record: logging.LogRecord) -> bool:
    """Whether a line of asyncmy's log may be kept: a warning of MariaDB quotes values."""
    return record.levelno > logging.WARNING


def strip_values(error: BaseException | None) -> None:
    """Take out of an error and its causes what quotes a row: a detail, or an argument."""
    while error is not None:
        for name in ("detail", "context", "where"):
            if isinstance(getattr(error, name, None), str):
                setattr(error, name, None)
        if error.args and NAMING_VALUES in str(error.args[0]):
            error.args = ("A value does not fit its column.", *error.args[1:])
        error = error.__cause__
