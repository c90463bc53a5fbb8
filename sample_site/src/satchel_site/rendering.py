"""Pages from templates: whole, or one block of a page alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from satchel_site import dates, words
from satchel_site.files import StaticFiles


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of the site, with what every page may say."""

    environment: Environment

    def page(self, name: str, values: Mapping[str, object]) -> str:
        """Render a page whole."""
        return self.environment.get_template(name).render(values)

    def block(self, name: str, block: str, values: Mapping[str, object]) -> str:
        """Render one block of a page alone, just as it would stand in the page."""
        template = self.environment.get_template(name)
        return "".join(template.blocks[block](template.new_context(dict(values))))


TEMPLATES: web.AppKey[Templates] = web.AppKey("templates", Templates)


def load_templates(files: StaticFiles, product: str) -> Templates:
    """Load the templates that came with the site."""
    environment = Environment(
        loader=PackageLoader("satchel_site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(static=files.url, product=product)
    for write in (words.size, words.initials, words.hue, dates.briefly, dates.fully, dates.plainly):
        environment.filters[write.__name__] = write
    return Templates(environment)
