"""The same path without a mouse: every step by Tab, Enter, Space, arrows and typing."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Product
from tests.e2e.steps import PASSWORD, sample_is_in

FOCUSED = """(() => {
  const e = document.activeElement;
  return (e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent ?? '').replace(/\\s+/g, ' ').trim();
})()"""


def tab_to(page: Page, *names: str, back: bool = False) -> None:
    """Press Tab until what has the focus is called by one of the names."""
    seen = []
    for _ in range(300):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        seen.append(page.evaluate(FOCUSED)[:60])
        if seen[-1].startswith(names):
            return
    raise AssertionError(f"no way to {names} by Tab, only to {seen}")


def enter(page: Page, *names: str) -> None:
    tab_to(page, *names)
    page.keyboard.press("Enter")


def write(page: Page, label: str, text: str) -> None:
    tab_to(page, label)
    page.keyboard.type(text)


def test_the_path_from_the_claim_to_publication_by_keyboard_alone(product: Product, page: Page) -> None:
    page.goto(product.claim)
    write(page, "Your organisation", "Stilewise")
    write(page, "Your name", "Ada Weft")
    write(page, "E-mail", "ada@example.org")
    write(page, "A password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Welcome, Ada Weft")).to_be_visible()
    enter(page, "Import the sample")
    sample_is_in(page)
    finds_and_tells(page)
    writes_and_moves(page)
    publishes(page)


def finds_and_tells(page: Page) -> None:
    enter(page, "Conversations")
    expect(page.get_by_role("heading", name="Conversations", level=1)).to_be_visible()
    write(page, "Words, a name", "ladder")
    expect(page.locator("main mark").first).to_be_visible()
    enter(page, "People ask how")
    expect(page.get_by_role("button", name="Turn into a story")).to_be_visible()
    enter(page, "Turn into a story")
    expect(page.locator("#items > .item")).to_have_count(2)


def writes_and_moves(page: Page) -> None:
    tab_to(page, "Title")
    page.keyboard.press("Control+a")
    page.keyboard.type("The ladder")
    enter(page, "Write or add here")
    expect(page.get_by_role("button", name="Narration")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ProseMirror")).to_be_focused()
    page.keyboard.type("How it began.")
    tab_to(page, "Done", back=True)
    page.keyboard.press("Enter")
    expect(page.locator(".item .narration")).to_have_text("How it began.")
    tab_to(page, "Pick up")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("[data-state=saved]")).to_be_visible()


def publishes(page: Page) -> None:
    page.reload()
    enter(page, "Publish…")
    expect(page.get_by_role("heading", name="May be quoted")).to_be_visible()
    enter(page, "Publish 3 items")
    expect(page.get_by_role("heading", name="is published")).to_be_visible()
    enter(page, "View story")
    page.wait_for_url("**/stories/the-ladder/")
    expect(page.get_by_role("heading", name="The ladder")).to_be_visible()
