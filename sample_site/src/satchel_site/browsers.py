"""A browser's name out of what it says of itself."""

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def name_browser(label: str) -> str:
    """Name browser and system, as well as can be told."""
    browser = next((name for sign, name in BROWSERS if sign in label), "")
    system = next((name for sign, name in SYSTEMS if sign in label), "")
    return " on ".join(filter(None, (browser, system))) or "Unknown browser"
