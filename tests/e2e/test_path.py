"""What a new user does, from the printed address to a published story and its export, as a person with a mouse does it."""

import json
import re
import zipfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Product
from tests.e2e.look import Eyes, look_at
from tests.e2e.steps import PASSWORD, claim, sample_is_in

STORY = "The note in the returns box"


def test_the_path_from_the_claim_to_the_export(product: Product, page: Page, browser: Browser, tmp_path: Path) -> None:
    claims_the_site(product, page)
    brings_the_sample(page)
    finds_a_conversation(page)
    slug = tells_it(page)
    publishes_it(page, slug)
    visitors_see_it(product, browser, slug)
    takes_it_back_and_publishes_again(page, product, browser, slug)
    exports_it(product, page, browser, slug, tmp_path)
    looks_after_the_house(product, page)
    signs_in_again(page)


def claims_the_site(product: Product, page: Page) -> None:
    page.goto(product.url)
    look_at(page, "before-claim")
    claim(page, product)
    look_at(page, "start")


def brings_the_sample(page: Page) -> None:
    page.get_by_role("button", name="Import the sample").click()
    sample_is_in(page)
    look_at(page, "archives")
    expect(page.get_by_role("link", name="See the sample conversations")).to_be_visible()
    page.get_by_role("link", name="The archive of @stilewise", exact=True).click()
    expect(page.get_by_role("heading", name="Totals")).to_be_visible()
    look_at(page, "report")
    page.get_by_role("link", name=re.compile(r"See \d+ imported conversations")).click()
    expect(page.get_by_role("heading", name="Imported from @stilewise")).to_be_visible()
    expect(page.locator(".talk").first).to_be_visible()
    look_at(page, "imported")


def finds_a_conversation(page: Page) -> None:
    page.get_by_role("link", name="Conversations", exact=True).first.click()
    look_at(page, "conversations")
    page.get_by_role("searchbox").first.press_sequentially("returns", delay=40)
    expect(page.locator("main mark").first).to_be_visible()
    look_at(page, "search")
    page.goto(page.url.split("?")[0] + "?q=ten-year-olds")
    page.locator("main h3 a, main h2 a").first.click()
    expect(page.get_by_role("button", name="Turn into a story")).to_be_visible()
    look_at(page, "conversation")


def tells_it(page: Page) -> str:
    """A story from the conversation at hand, then the one that comes with the sample. Returns the latter's slug."""
    page.get_by_role("button", name="Turn into a story").click()
    expect(page.locator("#items > .item").first).to_be_visible()
    look_at(page, "studio-from-conversation")
    page.get_by_role("link", name="Today").click()
    page.get_by_role("button", name="Open the sample story").click()
    expect(page.locator("#items > .item")).to_have_count(19)
    look_at(page, "studio")
    return page.url.rstrip("/").rpartition("/")[2]


def publishes_it(page: Page, slug: str) -> None:
    page.get_by_role("link", name="Preview").click()
    expect(page.get_by_role("heading", name=STORY)).to_be_visible()
    look_at(page, "preview")
    page.go_back()
    page.get_by_role("link", name="Publish…").click()
    page.get_by_text("Say it once for all who lack a basis").click()
    page.get_by_label("How they said so").locator("visible=true").fill("on the telephone")
    page.get_by_label("When", exact=True).locator("visible=true").fill("2026-03-12")
    look_at(page, "publish")
    page.get_by_role("button", name="Record it").locator("visible=true").click()
    page.get_by_role("button", name="Publish 19 items").click()
    page.wait_for_url(f"**/desk/stories/{slug}/publish/?published#published")
    expect(page.get_by_role("heading", name="is published")).to_be_visible()
    look_at(page, "published")
    page.get_by_role("link", name="View story").click()
    page.wait_for_url(f"**/stories/{slug}/")
    expect(page.get_by_role("heading", name=STORY)).to_be_visible()
    look_at(page, "published-story-for-a-member")
    page.get_by_role("link", name="Edit story").click()
    page.wait_for_url(f"**/desk/stories/{slug}/")


def visitors_see_it(product: Product, browser: Browser, slug: str) -> None:
    """A stranger reads it: no cookie, nobody else is asked, each item has its address."""
    context = browser.new_context()
    page = context.new_page()
    eyes = Eyes(page)
    page.goto(f"{product.url}/")
    look_at(page, "home")
    page.get_by_role("link", name=STORY).first.click()
    expect(page.locator(".told > li")).to_have_count(19)
    look_at(page, "story")
    page.goto(f"{product.url}/stories/{slug}/#e7")
    expect(page.locator("#e7")).to_be_in_viewport()
    assert context.cookies() == []
    feed = context.request.get(f"{product.url}/stories/feed.atom")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    page.goto(f"{product.url}/about/")
    look_at(page, "about")
    context.close()
    assert eyes.trouble == []


def takes_it_back_and_publishes_again(page: Page, product: Product, browser: Browser, slug: str) -> None:
    stranger = browser.new_context()
    address = f"{product.url}/stories/{slug}/"
    page.goto(f"{product.url}/desk/stories/{slug}/publish/")
    page.get_by_role("button", name="Unpublish story").click()
    assert stranger.request.get(address).status in (404, 410)
    page.goto(f"{product.url}/desk/stories/{slug}/publish/")
    page.get_by_role("button", name=re.compile("Publish")).click()
    expect(page.get_by_role("heading", name="is published")).to_be_visible()
    assert stranger.request.get(address).status == 200
    stranger.close()


def exports_it(product: Product, page: Page, browser: Browser, slug: str, tmp_path: Path) -> None:
    """The zip opens from disk and asks nobody for anything."""
    page.goto(f"{product.url}/desk/stories/{slug}/publish/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Web page, with pictures").click()
    with zipfile.ZipFile(download.value.path()) as packed:
        packed.extractall(tmp_path)
    start = next(tmp_path.rglob("index.html"))
    assert len(json.loads(next(tmp_path.rglob("*.json")).read_text())["items"]) == 19
    context = browser.new_context(offline=True)
    reader = context.new_page()
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(start.as_uri())
    expect(reader.get_by_role("heading", name=STORY)).to_be_visible()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert reader.evaluate("[...document.images].filter(image => image.complete && !image.naturalWidth).length") == 0
    context.close()


def looks_after_the_house(product: Product, page: Page) -> None:
    for place, name in (
        ("", "today"),
        ("stories/", "stories"),
        ("settings/", "settings"),
        ("settings/team/", "team"),
        ("settings/you/", "you"),
    ):
        page.goto(f"{product.url}/desk/{place}")
        look_at(page, name)


def signs_in_again(page: Page) -> None:
    root = page.url.partition("/desk/")[0]
    page.context.clear_cookies()
    page.goto(f"{root}/desk/")
    look_at(page, "sign-in")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Today")).to_be_visible()
