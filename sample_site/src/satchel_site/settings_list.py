"""The settings as their page offers them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from satchel_site.preferences import ALLOWED, Preferences

NAMES = """
Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific
"""
REGIONS = tuple(NAMES.split())


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a setting."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting with its values; ``hint`` says what it is good for."""

    name: str
    label: str
    hint: str
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that belong together."""

    id: str
    title: str
    settings: Sequence[Setting]


SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Appearance": ("theme", "density"),
    "Reading": ("page_size", "message_form", "remote_images"),
    "Dates": ("date_form", "clock"),
}
LABELS: Mapping[str, tuple[str, str]] = {
    "theme": ("Theme", "Light or dark colours; “System” follows your device."),
    "density": ("Density", "How much room each line of a list has."),
    "page_size": ("Messages a page", "How many messages a page of a folder shows."),
    "message_form": ("Show messages", "What is shown first when a message has both."),
    "remote_images": (
        "Remote images",
        "Loading them tells the sender that you read the message. “Contacts” shows those of"
        " people in your address book at once.",
    ),
    "date_form": ("Dates", ""),
    "clock": ("Clock", ""),
    "time_zone": ("Time zone", "All times are shown in it."),
}
WORDS: Mapping[str, str] = {
    "system": "System",
    "light": "Light",
    "dark": "Dark",
    "comfortable": "Comfortable",
    "compact": "Compact",
    "html": "With layout",
    "plain": "As plain text",
    "ask": "Ask",
    "contacts": "Contacts",
    "never": "Never",
    "day": "23 Nov 2026",
    "month": "Nov 23, 2026",
    "iso": "2026-11-23",
    "24": "14:30",
    "12": "2:30 pm",
}


def list_sections(preferences: Preferences) -> Sequence[Section]:
    """Every setting but the time zone, with what is chosen now."""
    return [
        Section(title.lower(), title, [_setting(name, preferences) for name in names])
        for title, names in SECTIONS.items()
    ]


def list_zones(chosen: str) -> Sequence[tuple[str, Sequence[Choice]]]:
    """The time zones by region; it reads the system's list, so call it in a thread."""
    return [
        (region, [Choice(name, _city(name), name == chosen) for name in names])
        for region, names in _regions()
    ]


@cache
def _regions() -> Sequence[tuple[str, Sequence[str]]]:
    names = sorted(available_timezones())
    found = [(each, [name for name in names if name.startswith(f"{each}/")]) for each in REGIONS]
    return [("Everywhere", ["UTC"]), *((region, names) for region, names in found if names)]


def _city(name: str) -> str:
    return name.partition("/")[2].replace("_", " ") or name


def _setting(name: str, preferences: Preferences) -> Setting:
    label, hint = LABELS[name]
    return Setting(name, label, hint, tuple(_choices(name, getattr(preferences, name))))


def _choices(name: str, chosen: str) -> Iterator[Choice]:
    for value in ALLOWED[name]:
        yield Choice(value, WORDS.get(value, value), value == chosen)
