"""What a careful visitor notices: pictures of each page, what axe finds, errors in the console, requests to elsewhere."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request, ViewportSize

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "tests" / "screenshots"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WATCH = """
addEventListener("securitypolicyviolation", (event) => {
  if (!window.beingLookedAt) console.error(`refused by policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}


class Eyes:
    """Collects what went wrong on a page in `trouble`."""

    def __init__(self, page: Page) -> None:
        self.trouble: list[str] = []
        page.add_init_script(WATCH)
        page.on("console", self.said)
        page.on("pageerror", lambda error: self.trouble.append(f"script error: {error}"))
        page.on("request", self.asked)

    def said(self, message: ConsoleMessage) -> None:
        """What the policy refuses is told by `WATCH`, which knows our own doing: the browser's own words on it come when they like."""
        if message.type == "error" and not re.search("favicon|Content Security Policy", message.text):
            self.trouble.append(f"console: {message.text}")

    def asked(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:", "file:")):
            self.trouble.append(f"asked elsewhere: {request.url}")


def look_at(page: Page, name: str) -> None:
    """Keep a picture of the page on desk and phone, light and dark; axe must find nothing and nothing may scroll sideways."""
    SCREENSHOTS.mkdir(exist_ok=True)
    found: list[str] = []
    for size_name, size in (("desk", DESK), ("phone", PHONE)):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size(size)
            page.wait_for_timeout(150)
            mark(page)
            page.screenshot(path=SCREENSHOTS / f"{name}-{size_name}-{theme}.png", full_page=True)
            found += [f"{size_name} {theme} {line}" for line in violations(page)]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{size_name}: scrolls sideways by {wider} px")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)
    assert found == [], f"{name}: {found}"


def violations(page: Page) -> list[str]:
    """What axe finds, one line per rule. Run by evaluation: the policy of our pages lets no foreign script tag in."""
    mark(page)
    page.evaluate(AXE.read_text(encoding="utf8"))
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]} ({len(rule['nodes'])})" for rule in result["violations"]]


def mark(page: Page) -> None:
    """From here on the policy's refusals in this document are our doing: taking a picture and axe put inline styles in, and they are
    told of at any later time."""
    page.evaluate("window.beingLookedAt = true")
