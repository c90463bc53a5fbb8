"""Lets other plugins answer a question of this one."""

from satchel_hookspecs import PluginContext, hookimpl, hookspec


class WeatherSpecs:
    @hookspec("first")
    async def weather_of(self, town: str) -> str | None:
        """Say how the weather is; ``None`` when the town is not known here."""


class Weather:
    def __init__(self, config: object, ctx: PluginContext) -> None:
        self.ctx = ctx

    @hookimpl
    def plugin_hookspecs(self) -> type:
        return WeatherSpecs

    async def line(self, town: str) -> str:
        """What the page shows."""
        return await self.ctx.hooks.weather_of(town=town) or f"Nobody knows {town}."
