"""Steps that more than one walk through the product takes."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Product

PASSWORD = "a long enough pass phrase"


def claim(page: Page, product: Product) -> None:
    """Make the owner's account at the printed address."""
    page.goto(product.claim)
    page.get_by_label("Your organisation").fill("Stilewise")
    page.get_by_label("Your name").fill("Ada Weft")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Open the house").click()
    expect(page.get_by_role("heading", name="Welcome, Ada Weft")).to_be_visible()


def sample_is_in(page: Page) -> None:
    """Wait until the three archives of the sample have been read; the page shows it by itself."""
    expect(page.get_by_text("36 posts read")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("24 posts read")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("48 posts read")).to_be_visible(timeout=60_000)
