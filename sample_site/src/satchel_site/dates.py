"""Dates and times as a person wants to read them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from jinja2 import pass_context
from jinja2.runtime import Context


@dataclass(frozen=True, slots=True)
class Dates:
    """How to write: in which zone, day or month first or ISO, with how many hours to a clock."""

    zone: tzinfo = UTC
    form: str = "day"
    clock: str = "24"

    def briefly(self, moment: datetime, now: datetime | None = None) -> str:
        """Write a time as short as it can be understood: an hour, a weekday or a date."""
        now = (now or datetime.now(UTC)).astimezone(self.zone)
        moment = moment.astimezone(self.zone)
        if moment.date() == now.date():
            return self.hour(moment)
        if timedelta(0) < now - moment < timedelta(days=6):
            return f"{moment:%a}"
        return self._date(moment, f"{moment:%b}", with_year=moment.year != now.year)

    def plainly(self, moment: datetime) -> str:
        """Write a time with its day and date."""
        moment = moment.astimezone(self.zone)
        return f"{moment:%a} {self._date(moment, f'{moment:%b}')}, {self.hour(moment)}"

    def fully(self, moment: datetime) -> str:
        """Write a time with everything it has."""
        moment = moment.astimezone(self.zone)
        offset = moment.strftime("%z")
        named = f"UTC{offset[:3]}:{offset[3:5]}" if offset != "+0000" else "UTC"
        date = self._date(moment, f"{moment:%B}")
        return f"{moment:%A}, {date}, {self.hour(moment)} {named}"

    def hour(self, moment: datetime) -> str:
        """Write the time of the day."""
        moment = moment.astimezone(self.zone)
        if self.clock == "12":
            return f"{moment.hour % 12 or 12}:{moment:%M} {'am' if moment.hour < 12 else 'pm'}"
        return f"{moment:%H:%M}"

    def _date(self, moment: datetime, month: str, *, with_year: bool = True) -> str:
        if self.form == "iso":
            return f"{moment:%Y-%m-%d}"
        if self.form == "month":
            return f"{month} {moment.day}" + (f", {moment.year}" if with_year else "")
        return f"{moment.day} {month}" + (f" {moment.year}" if with_year else "")


@pass_context
def briefly(context: Context, moment: datetime) -> str:
    """The filter that writes a time shortly, as the page's reader wants it."""
    return dates_in(context).briefly(moment)


@pass_context
def plainly(context: Context, moment: datetime) -> str:
    """The filter that writes a time with its date."""
    return dates_in(context).plainly(moment)


@pass_context
def fully(context: Context, moment: datetime) -> str:
    """The filter that writes a time with everything it has."""
    return dates_in(context).fully(moment)


def dates_in(context: Context) -> Dates:
    """How the reader of this page wants dates to be written."""
    dates = context.get("dates")
    return dates if isinstance(dates, Dates) else Dates()
