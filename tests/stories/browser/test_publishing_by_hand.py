"""From the studio to the published page by keyboard alone, and what axe finds on the way."""

from django.utils import timezone
from playwright.sync_api import Page, expect

from homespun.stories import actions
from homespun.stories.models import Item, Story
from tests.e2e.look import look_at
from tests.stories.browser.test_studio import Open
from tests.stories.factories import vita


def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Presses Tab until what has the focus is called so."""
    for _ in range(250):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        called = page.evaluate(
            "(() => { const e = document.activeElement; const by = e.labels?.[0]?.textContent;"
            " return (e.getAttribute('aria-label') ?? by ?? e.textContent ?? '').replace(/\\s+/g, ' ').trim(); })()"
        )
        if called.startswith(name):
            return
    raise AssertionError(f"no way to {name!r} by Tab")


def test_a_story_is_written_and_published_by_keyboard_alone(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    tab_to(page, "Move down: Elke")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+ArrowUp")
    tab_to(page, "Pick up")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    tab_to(page, "Write or add here")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Narration")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ProseMirror")).to_be_focused()
    page.keyboard.type("How it began.")
    tab_to(page, "Done", back=True)
    page.keyboard.press("Enter")
    expect(page.locator(".item .narration")).to_have_text("How it began.")
    page.reload()
    tab_to(page, "Publish…")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Publish · Loaf nine on the tram · Homespun")
    tab_to(page, "Say it once for all")
    page.keyboard.press("Enter")
    tab_to(page, "How they said so")
    page.keyboard.type("by telephone")
    tab_to(page, "When")
    page.keyboard.type("12032026")
    tab_to(page, "Record it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="May be quoted")).to_be_visible()
    tab_to(page, "Publish 5 items")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Loaf nine on the tram")).to_be_visible()
    story.refresh_from_db()
    assert story.is_published


def test_publishing_is_refused_in_words_with_ways_to_those_who_lack_a_basis(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/publish/")
    page.get_by_role("button", name="Publish 4 items").click()
    expect(page.get_by_role("alert")).to_contain_text("Elke Brandreth (@elke) is quoted without a basis")
    page.get_by_role("link", name="Elke Brandreth").click()
    assert "#quoted-" in page.url


def test_axe_finds_nothing_on_the_pages_of_the_authors_side(studio: Open, story: Story) -> None:
    now = timezone.now()
    item = actions.add_item(story=story, kind="narration", by=vita(), now=now, html="<p>How it began</p>")
    actions.add_item(story=story, kind="heading", by=vita(), now=now, html="Then")
    actions.add_item(story=story, kind="link", by=vita(), now=now, url="https://reels.example/sandor", title="Sandor on a roof")
    actions.add_item(story=story, kind="quote", by=vita(), now=now, html="<p>We read it.</p>", who="Lazlo Penhale", where="a call")
    gone = actions.create_story(title="Let go", by=vita(), now=now)
    actions.remove_story(story=gone, by=vita(), now=now)
    empty = actions.create_story(title="", by=vita(), now=now)
    pages = {
        "studio": f"/desk/stories/{story.slug}/",
        "studio-editing": f"/desk/stories/{story.slug}/?edit={item.pk}",
        "studio-adding": f"/desk/stories/{story.slug}/?add=first&kind=quote",
        "studio-all-posts": f"/desk/stories/{story.slug}/?panel=all",
        "studio-empty": f"/desk/stories/{empty.slug}/",
        "publish": f"/desk/stories/{story.slug}/publish/",
        "stories": "/desk/stories/",
    }
    page = studio("/desk/stories/")
    home = page.url.removesuffix("/desk/stories/")
    for name, path in pages.items():
        page.goto(home + path)
        if "edit" in path:
            page.wait_for_selector(".ProseMirror")
        look_at(page, name)
    assert Item.objects.filter(story=story).count() == 8


def test_nothing_scrolls_sideways_on_the_smallest_phone(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/", viewport={"width": 320, "height": 640})
    for path in (f"/desk/stories/{story.slug}/", f"/desk/stories/{story.slug}/publish/", "/desk/stories/"):
        page.goto(page.url.split("/desk/")[0] + path)
        assert page.evaluate("document.documentElement.scrollWidth") == 320
