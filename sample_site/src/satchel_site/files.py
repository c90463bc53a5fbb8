"""The site's own style sheets, scripts and pictures, under an address that changes with them."""

import hashlib
import mimetypes
from dataclasses import dataclass
from importlib import resources

TYPES = {".mjs": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is served."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All files by name; nothing that is not among them can be asked for."""

    build: str
    by_name: dict[str, StaticFile]

    def url(self, name: str) -> str:
        """The address of a file; an unknown name is a mistake in a template."""
        if name not in self.by_name:
            raise LookupError(f"There is no static file {name!r}.")
        return f"/s/{self.build}/{name}"


def load_static_files() -> StaticFiles:
    """Read every file of the package's static folder and name the build after their bytes."""
    found: dict[str, StaticFile] = {}
    digest = hashlib.sha256()
    for entry in sorted(resources.files("satchel_site").joinpath("static").iterdir(), key=str):
        if not entry.is_file():
            continue
        content = entry.read_bytes()
        digest.update(entry.name.encode() + b"\0" + content)
        found[entry.name] = StaticFile(content, content_type_of(entry.name))
    return StaticFiles(digest.hexdigest()[:12], found)


def content_type_of(name: str) -> str:
    """The media type for a file that we wrote ourselves."""
    suffix = name[name.rfind(".") :]
    kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if suffix in TYPES else kind
