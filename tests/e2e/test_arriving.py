"""What another process brings shows on a page that is open, by the stream that `serve` holds for it."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Product
from tests.e2e.steps import claim


def test_what_the_command_line_brings_shows_on_the_open_page(product: Product, page: Page) -> None:
    claim(page, product)
    page.goto(f"{product.url}/desk/conversations/")
    expect(page.get_by_role("heading", name="No conversations yet")).to_be_visible()
    made = product.data.parent / "sample"
    product.run("sample", str(made))
    product.run("collect", str(sorted(made.iterdir())[0]))
    expect(page.locator(".talk").first).to_be_visible(timeout=20_000)
