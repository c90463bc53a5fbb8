"""The settings of an installation: one TOML file with the environment on top."""

from satchel.settings.settings import Settings, read_settings, settings_from
from satchel.settings.words import Words

__all__ = ["Settings", "Words", "read_settings", "settings_from"]
