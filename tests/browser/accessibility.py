"""Checks a page against the accessibility rules that axe-core knows."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """rules => axe.run(document, {runOnly: {type: "tag", values: rules}})
    .then(found => found.violations)"""


def check_accessibility(page: Page) -> None:
    """Fail with each broken rule and the elements that break it."""
    page.evaluate(_axe())
    violations = page.evaluate(RUN, RULES)
    assert not violations, "\n".join(_describe(each) for each in violations)


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


# The browser answers with plain JSON of axe's own shape.
def _describe(violation: dict[str, Any]) -> str:
    places = [f"  {node['html']}\n    {node['failureSummary']}" for node in violation["nodes"]]
    return "\n".join([f"{violation['id']}: {violation['help']}", *places])
