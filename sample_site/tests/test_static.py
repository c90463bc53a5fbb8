"""The site's own files and templates."""

import re

import pytest

from satchel_site.files import load_static_files
from satchel_site.rendering import load_templates

FILES = load_static_files()
ICON = re.compile(r'icon\("([a-z-]+)"')


def test_every_file_has_a_type() -> None:
    assert not [n for n, f in FILES.by_name.items() if f.content_type.startswith("application/")]


def test_an_unknown_file_is_a_mistake_of_the_template() -> None:
    with pytest.raises(LookupError):
        FILES.url("../app.py")


def test_scripts_stay_within_forty_kilobytes_and_styles_within_fifty() -> None:
    sizes = {
        ending: sum(len(f.content) for n, f in FILES.by_name.items() if n.endswith(ending))
        for ending in (".mjs", ".css")
    }

    assert sizes[".mjs"] < 40_000
    assert sizes[".css"] < 50_000


def test_no_template_has_script_or_style_of_its_own() -> None:
    environment = load_templates(FILES, "Satchel").environment
    for name in environment.list_templates(["html"]):
        source, _, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
        assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=|\sstyle=|javascript:", source), (
            name
        )
        assert "<style" not in source or name == "frame.html"


def test_every_icon_is_in_the_sprite() -> None:
    environment = load_templates(FILES, "Satchel").environment
    sprite = FILES.by_name["icons.svg"].content.decode()
    for name in environment.list_templates(["html"]):
        source, _, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
        for icon in ICON.findall(source):
            assert f'id="{icon}"' in sprite, f"{name}: {icon}"
