"""The studio in a browser: adding, writing, moving, taking out, and two windows on one story."""

from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page, expect

from homespun.stories import actions
from homespun.stories.models import Item, Story
from homespun.stories.views.shown import PART
from tests.stories.browser.conftest import words
from tests.stories.factories import AGREED, vita

Open = Callable[..., Page]


def order(page: Page) -> list[str]:
    """The first word of each item as it stands on the page."""
    return [text.split()[0] for text in page.locator("#items > .item .item__words").all_inner_texts()]


def saved(page: Page) -> None:
    expect(page.locator("[data-state=saved]")).to_be_visible()
    page.wait_for_load_state("networkidle")


def write_narration(page: Page, text: str) -> None:
    page.get_by_role("link", name="Write or add here").last.click()
    page.get_by_role("button", name="Narration").click()
    expect(page.locator(".ProseMirror")).to_be_focused()
    page.keyboard.type(text)


def test_narration_is_written_with_marks_and_saves_itself(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    write_narration(page, "It began in ")
    page.keyboard.press("Control+b")
    page.keyboard.type("a hurry")
    page.wait_for_function("document.querySelector('auto-save .ProseMirror strong')")
    expect(page.locator("auto-save[data-changed]")).to_have_count(0)
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".item .narration")).to_have_text("It began in a hurry")
    assert words(story)[-1] == "<p>It began in <strong>a hurry</strong></p>"


def test_buttons_and_keys_move_an_item_and_say_where_it_is(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    before = order(page)
    page.get_by_role("button", name="Move down: Elke").click()
    saved(page)
    assert order(page) == [before[1], before[0], *before[2:]]
    page.keyboard.press("Alt+ArrowDown")
    saved(page)
    assert order(page) == [before[1], before[2], before[0], before[3]]
    expect(page.locator("sort-list [aria-live]")).to_have_text("Moved, now 3 of 4")
    page.reload()
    assert order(page) == [before[1], before[2], before[0], before[3]]


def test_an_item_is_picked_up_carried_and_left_or_put_back(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    before = order(page)
    grip = page.get_by_role("button", name="Pick up").first
    grip.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".item--moving .keys")).to_contain_text("now 3 of 4")
    page.keyboard.press("Escape")
    assert order(page) == before
    page.keyboard.press("Space")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    saved(page)
    assert order(page) == [*before[1:], before[0]]
    expect(grip.or_(page.locator(":focus"))).to_have_count(2)
    page.reload()
    assert order(page) == [*before[1:], before[0]]


def test_an_item_is_dragged_with_the_mouse(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    before = order(page)
    wanted = [before[1], before[2], before[0], before[3]]
    third = page.locator(f"#items > .item[data-key='{page.locator('#items > .item').nth(2).get_attribute('data-key')}']")
    page.locator(".iconbutton--drag").first.hover()
    page.mouse.down()
    for _move in range(5):  # a move that comes while items still glide aside counts for nothing
        box = third.bounding_box()
        assert box
        page.mouse.move(box["x"] + 300, box["y"] + box["height"] - 4, steps=12)
        page.wait_for_timeout(250)
        if order(page) == wanted:
            break
    page.mouse.up()
    saved(page)
    assert order(page) == wanted
    page.reload()
    assert order(page) == wanted


def test_taking_out_is_undone_by_the_button_and_by_z(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    before = order(page)
    for key in (None, "z"):
        page.locator("#items > .item").nth(1).get_by_label("More:").click()
        page.get_by_role("button", name="Take it out").locator("visible=true").click()
        expect(page.locator("#items > .item[data-key]")).to_have_count(3)
        if key:
            page.keyboard.press(key)
        else:
            page.get_by_role("button", name="Undo").click()
        expect(page.locator("#items > .item[data-key]")).to_have_count(4)
        expect(page.locator("undo-notice")).to_have_count(0)
        assert order(page) == before


def test_a_change_in_one_window_shows_in_the_other(studio: Open, story: Story) -> None:
    one, two = studio(f"/desk/stories/{story.slug}/"), studio(f"/desk/stories/{story.slug}/")
    before = order(one)
    one.get_by_role("button", name="Move down: Elke").click()
    write_narration(one, "Written in the first window")
    one.get_by_role("button", name="Done").click()
    two.evaluate("document.querySelector('live-version').check()")
    expect(two.locator(".item .narration")).to_have_text("Written in the first window")
    assert order(two) == [before[1], before[0], *before[2:], "Written"]


def conflict(studio: Open, story: Story) -> Page:
    """Mine is being written while theirs is saved."""
    item = actions.add_item(story=story, kind="narration", by=vita(), now=timezone.now(), html="<p>first</p>")
    page = studio(f"/desk/stories/{story.slug}/?edit={item.pk}#item-{item.pk}")
    expect(page.locator(".ProseMirror")).to_be_visible()
    actions.update_item(item=item, version=1, by=vita(), now=timezone.now(), html="<p>theirs</p>")
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("mine")
    expect(page.locator(".conflict")).to_contain_text("theirs")
    expect(page.locator(".ProseMirror")).to_have_text("mine")
    return page


def test_a_stale_write_shows_both_and_mine_can_be_kept(studio: Open, story: Story) -> None:
    page = conflict(studio, story)
    page.get_by_role("button", name="Keep mine").click()
    saved(page)
    assert words(story)[4:] == ["<p>mine</p>"]


def test_a_stale_write_shows_both_and_theirs_can_be_taken(studio: Open, story: Story) -> None:
    page = conflict(studio, story)
    page.get_by_role("button", name="Take theirs").click()
    expect(page.locator(".item .narration")).to_have_text("theirs")
    assert words(story)[4:] == ["<p>theirs</p>"]


def test_a_stale_write_shows_both_and_both_can_be_kept(studio: Open, story: Story) -> None:
    page = conflict(studio, story)
    page.get_by_role("button", name="Keep both").click()
    expect(page.locator(".item .narration")).to_have_text(["theirs", "mine"])
    assert words(story)[4:] == ["<p>theirs</p>", "<p>mine</p>"]


def test_words_outlive_a_lost_connection_and_a_closed_window(studio: Open, story: Story) -> None:
    item = actions.add_item(story=story, kind="narration", by=vita(), now=timezone.now(), html="<p>first</p>")
    page = studio(f"/desk/stories/{story.slug}/?edit={item.pk}")
    expect(page.locator(".ProseMirror")).to_be_visible()
    page.route("**/items/*/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.locator(".ProseMirror").click()
    page.keyboard.press("End")
    page.keyboard.type(" and more")
    expect(page.locator("[data-state=unsaved]")).to_contain_text("your words are kept here")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/items/*/")
    page.goto(page.url.split("?")[0])
    expect(page.locator(".ProseMirror")).to_have_text("first and more")
    saved(page)
    item.refresh_from_db()
    assert item.html == "<p>first and more</p>"


def test_title_and_introduction_save_themselves(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    page.get_by_label("Title").fill("A tram that leaves earlier")
    page.get_by_label("Introduction").fill("How one loaf\n\nchanged it.")
    page.wait_for_timeout(900)
    saved(page)
    story.refresh_from_db()
    assert (story.title, story.introduction) == ("A tram that leaves earlier", "<p>How one loaf</p><p>changed it.</p>")


def test_words_from_elsewhere_are_added_with_who_where_and_when(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    page.get_by_role("link", name="Write or add here").last.click()
    page.get_by_role("link", name="Words from elsewhere").click()
    page.get_by_label("Who said it").fill("Lazlo Penhale")
    page.get_by_label("Where: an e-mail, a call").fill("an e-mail")
    page.get_by_label("When", exact=True).fill("2 September")
    page.get_by_label("Their words").fill("We read all four.")
    page.get_by_role("button", name="Add it", exact=True).click()
    expect(page.locator("#items > .item").last).to_contain_text("Lazlo Penhale")
    row = Item.objects.get(story=story, kind="quote")
    assert (row.who, row.where, row.when, row.html) == ("Lazlo Penhale", "an e-mail", "2 September", "<p>We read all four.</p>")


def test_first_words_become_the_title_and_are_written_over(studio: Open, story: Story) -> None:
    actions.update_head(story=story, title="", by=vita(), now=timezone.now())
    page = studio(f"/desk/stories/{story.slug}/")
    page.get_by_role("button", name="Call it “Our oven gave up at five”").click()
    expect(page.get_by_label("Title")).to_have_value("Our oven gave up at five")
    expect(page.get_by_role("button", name="Call it")).to_be_hidden()
    page.keyboard.type("Loaf nine")
    expect(page.locator("auto-save[data-changed]")).to_have_count(0)
    saved(page)
    story.refresh_from_db()
    assert story.title == "Loaf nine"


def test_the_bar_of_a_published_story_stays_on_one_line_on_a_phone(studio: Open, story: Story) -> None:
    actions.set_basis_for(story=story, by=vita(), now=timezone.now(), **AGREED)
    actions.publish(story=story, by=vita(), now=timezone.now())
    for width in (390, 320):
        page = studio(f"/desk/stories/{story.slug}/", viewport={"width": width, "height": 700})
        bar = page.locator(".studio__bar").bounding_box()
        assert bar
        assert bar["height"] < 80
        expect(page.get_by_role("link", name="Publish…")).to_be_visible()


def test_what_is_open_between_two_items_is_not_written_over(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    page.locator("#items > .item").first.hover()
    page.get_by_role("link", name="Write or add here").first.click()
    expect(page.get_by_role("button", name="Narration")).to_be_focused()
    page.locator("#items > .item").first.hover()
    expect(page.locator("#items > .item").first.locator(".item__add")).to_be_hidden()
    page.get_by_role("button", name="Nothing, close").click()
    expect(page.get_by_role("link", name="Write or add here").first).to_be_focused()


def test_a_long_story_that_is_opened_at_its_end_counts_on_and_stays_in_order(studio: Open, story: Story) -> None:
    now = timezone.now()
    for number in range(PART + 6):
        actions.add_item(story=story, kind="narration", html=f"<p>{number}</p>", by=vita(), now=now)
    page = studio(f"/desk/stories/{story.slug}/")
    page.get_by_role("link", name="To the end").click()
    page.wait_for_url("**start=10#end")
    expect(page.locator("#items > .item[data-key]")).to_have_count(PART)
    assert page.locator("#items").get_attribute("start") == "11"
    page.get_by_role("button", name="Move up: Narration, 65").click()
    saved(page)
    expect(page.locator("#items > .item[data-key]")).to_have_count(PART)
    assert page.locator("#items > .item .item__words").all_inner_texts()[-2:] == ["65", "64"]
    expect(page.locator("sort-list [aria-live]")).to_have_text("Moved, now 69 of 70")
