"""A backup from the browser: made by keyboard, shown without a reload, downloaded, brought back, deleted."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Product
from tests.e2e.look import look_at
from tests.e2e.steps import claim
from tests.e2e.test_keyboard import enter, tab_to


def test_backup_is_made_downloaded_and_deleted_by_keyboard(product: Product, page: Page, tmp_path: Path) -> None:
    claim(page, product)
    page.goto(f"{product.url}/desk/settings/backups/")
    look_at(page, "backups-none")
    enter(page, "Make backup now")
    expect(page.get_by_role("heading", name="Backups on this server")).to_be_visible(timeout=60_000)
    look_at(page, "backups-one")
    with page.expect_download() as downloading:
        enter(page, "Download homespun-")
    downloading.value.save_as(tmp_path / "backup.zip")
    restored = Product(product.url, tmp_path / "restored", "")
    assert "All is back as it was" in restored.run("restore", str(tmp_path / "backup.zip"))
    assert "All is well." in restored.run("doctor")
    tab_to(page, "Make a backup every night")
    page.keyboard.press("Space")
    enter(page, "Save")
    expect(page.get_by_text("Backup settings saved.")).to_be_visible()
    expect(page.get_by_label("Make a backup every night")).to_be_checked()
    enter(page, "Delete homespun-")
    enter(page, "Delete backup")
    expect(page.get_by_text("No backups yet.")).to_be_visible()
