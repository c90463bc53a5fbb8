"""Warns while a disk fills up."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from satchel_hookspecs import Health, PluginContext, hookimpl, shared


class DiskSpace:
    @dataclass(frozen=True)
    class Config:
        temp_dir: Path = shared()  # read from the top of satchel.toml
        least: int = 2**20  # read from the table [disk_space]

    def __init__(self, config: Config, ctx: PluginContext) -> None:
        self.config = config

    @hookimpl
    async def plugin_health(self) -> Health:
        free = shutil.disk_usage(self.config.temp_dir).free
        if free < self.config.least:
            return Health("degraded", f"Only {free} bytes are free in '{self.config.temp_dir}'.")
        return Health("ok")
