"""What is done with a post that is there, and the page of all that is on its way."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from homespun.conversations import tasks
from homespun.conversations.actions.outgoing import Written, decide
from homespun.conversations.models import Connection, Mention, Outgoing, Post, State
from homespun.core.jobs.worker import run_waiting
from homespun.networks.values import Visibility
from homespun.users.models import Role
from tests.conversations.cast import account, bryony, hettie, post
from tests.conversations.quills import Quill, loom, made_up_networks, quill, signed_in
from tests.conversations.reading import Part, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_up_networks")]
__all__ = ["made_up_networks"]
OUTGOING = "/desk/outgoing/"
KEY = "k" * 22


def done() -> list[tuple[str, Any]]:
    run_waiting()
    return Quill.done


def page_of(client: Client, of: Post) -> Part:
    return read(client.get(f"/desk/conversations/{of.conversation_id}/").content)


def test_post_is_liked_and_reposted_once_and_the_page_says_so() -> None:
    quill()
    asked, client = post("Which stile?", bryony()), signed_in()
    for _ in range(2):
        assert client.post(f"/desk/posts/{asked.pk}/like/").headers["Location"].endswith(f"?at={asked.pk}#p{asked.pk}")
        client.post(f"/desk/posts/{asked.pk}/repost/")
    assert done() == [("like", asked.uri), ("repost", asked.uri)]
    pressed = [each.get("aria-label") for each in page_of(client, asked).all("button[aria-pressed=true]")]
    assert pressed == ["Like", "Repost"]


def test_like_and_repost_are_taken_back_and_given_again() -> None:
    quill()
    asked, client = post("Which stile?", bryony()), signed_in()
    for path in ("like", "like/removal", "like/removal", "like", "repost", "repost/removal"):
        client.post(f"/desk/posts/{asked.pk}/{path}/")
        run_waiting()
    assert [verb for verb, _ in Quill.done] == ["like", "unlike", "like", "repost", "unrepost"]
    assert [each.get("title") for each in page_of(client, asked).all("button[aria-pressed=true]")] == ["Take the like back"]


def test_answer_goes_out_as_the_account_that_was_spoken_to() -> None:
    quill()
    second = Connection.objects.create(
        account=account("second", own=True), network="x", server="https://x.example", secret=quill().secret, connected=timezone.now()
    )
    asked = post("Which stile?", bryony(), parent=post("Ours.", second.account))
    page = read(signed_in().get(f"/desk/writing/?answer={asked.pk}").content)
    assert [each.words for each in page.all("select[name=to] option[selected]")] == ["@second"]


def test_account_is_chosen_where_there_are_several() -> None:
    quill()
    second = Connection.objects.create(
        account=account("second", own=True), network="x", server="https://x.example", secret=quill().secret, connected=timezone.now()
    )
    asked = post("Which stile?", bryony())
    signed_in().post(f"/desk/posts/{asked.pk}/like/", {"as": second.pk})
    assert Outgoing.objects.get().connection == second


def test_private_post_is_neither_liked_in_public_nor_reposted() -> None:
    quill()
    kept, client = post("Between us", bryony(), visibility=Visibility.FOLLOWERS), signed_in()
    assert client.post(f"/desk/posts/{kept.pk}/repost/").status_code == 404
    assert client.get(f"/desk/writing/?quote={kept.pk}").status_code == 404
    assert page_of(client, kept).all(".acts__repost") == []


def test_post_on_a_network_without_an_account_of_ours_offers_nothing() -> None:
    loom()
    asked, client = post("Which stile?", bryony()), signed_in()
    assert client.post(f"/desk/posts/{asked.pk}/like/").status_code == 404
    page = page_of(client, asked)
    assert page.all(".acts__answer") + page.all(".composer") == []


def test_account_that_has_to_be_connected_again_is_named() -> None:
    quill()
    Connection.objects.update(state="broken")
    page = page_of(signed_in(), post("Which stile?", bryony()))
    assert [each.words for each in page.all(".notice b")] == ["Nobody can answer from here: @stilewise has to be connected again."]


def test_own_post_is_edited() -> None:
    quill()
    ours, client = post("Both stlies.", hettie()), signed_in()
    assert read(client.get(f"/desk/posts/{ours.pk}/edit/").content).all("textarea[name=text]")[0].words == "Both stlies."
    assert client.post(f"/desk/posts/{ours.pk}/edit/", {"key": KEY, "text": "x" * 61}).status_code == 422
    assert client.post(f"/desk/posts/{ours.pk}/edit/", {"key": KEY, "text": "Both stiles."}).status_code == 302
    assert [each.words for each in page_of(client, ours).all(".sending__what")] == ["An edit · X @stilewise"]
    assert [(verb, words.text) for verb, words in done()] == [("edit", "Both stiles.")]
    ours.refresh_from_db()
    assert (ours.text, Post.objects.count()) == ("Both stiles.", 1)


def test_own_post_is_deleted_after_being_asked() -> None:
    quill()
    ours, client = post("Both stiles.", hettie()), signed_in()
    assert "Delete this post?" in read(client.get(f"/desk/posts/{ours.pk}/deletion/").content).words
    assert Outgoing.objects.count() == 0
    client.post(f"/desk/posts/{ours.pk}/deletion/", {"key": KEY})
    assert done() == [("delete", ours.uri)]
    ours.refresh_from_db()
    assert ours.state == State.DELETED
    assert client.post(f"/desk/posts/{ours.pk}/deletion/").status_code == 404


def test_what_is_not_ours_is_neither_edited_nor_deleted() -> None:
    quill()
    asked, client = post("Which stile?", bryony()), signed_in()
    for path in (f"/desk/posts/{asked.pk}/edit/", f"/desk/posts/{asked.pk}/deletion/"):
        assert (client.get(path).status_code, client.post(path).status_code) == (404, 404)


def test_edit_is_not_offered_where_a_network_has_none() -> None:
    ours, client = post("Stiles.", loom().account), signed_in()
    Post.objects.update(network="bluesky")
    assert client.get(f"/desk/posts/{ours.pk}/edit/").status_code == 404
    assert [each.words for each in page_of(client, ours).all(".menu li") if each.words in ("Edit", "Delete", "Quote")] == ["Delete"]


def test_contributor_does_nothing_outside() -> None:
    quill()
    ours, client = post("Stiles.", hettie()), signed_in(Role.CONTRIBUTOR)
    for path in ("like", "repost", "edit", "deletion"):
        assert client.post(f"/desk/posts/{ours.pk}/{path}/").status_code == 404
    page = page_of(client, ours)
    assert [each.words for each in page.all(".composer__go button")] == ["Hand it to an editor", "See in which parts it goes"]
    assert page.all(".acts__like") == []


def waits(key: str, text: str = "Both.", *, state: str = "waiting", later: timedelta = timedelta(), target: str = "") -> Outgoing:
    now = timezone.now()
    rows = decide(by=None, now=now, key=key, connection=quill(), texts=(text, "and more"), written=Written(target=target), due=now + later)
    Outgoing.objects.filter(pk__in=[row.pk for row in rows]).update(state=state)
    rows[0].refresh_from_db()
    return rows[0]


def test_page_says_how_each_is() -> None:
    asked = post("Which stile?", bryony())
    waits("a", state="failed", target=asked.uri)
    waits("b", later=timedelta(days=3))
    waits("c", state="draft")
    waits("d")
    Outgoing.objects.filter(state="failed").update(trouble="x.example does not answer.")
    page = read(signed_in().get(OUTGOING).content)
    said = [each.words.partition(" for ")[0] for each in page.all(".sending__state")]
    assert said == ["Could not be sent: x.example does not answer.", "Being sent", "Draft", "Scheduled"]
    assert page.all(".sending__what")[0].words == "An answer to Bryony Tarrowell · X @stilewise · 1 part follows"


def test_page_takes_as_many_queries_for_three_as_for_one() -> None:
    client = signed_in()
    waits("a", target=post("Which stile?", bryony()).uri)

    def asked() -> int:
        with CaptureQueriesContext(database) as queries:
            assert client.get(OUTGOING).status_code == 200
        return len([each for each in queries if "SAVEPOINT" not in each["sql"]])

    asked()
    one = asked()
    for key in ("b", "c"):
        waits(key, target=post("And which gate?", bryony()).uri)
    assert asked() == one == 8


def test_scheduled_one_is_sent_at_another_time_or_taken_back() -> None:
    row, client = waits("a", later=timedelta(days=3)), signed_in()
    assert client.post(f"{OUTGOING}{row.pk}/due/", {"day": "2020-01-01", "time": "09:00"}).status_code == 302
    row.refresh_from_db()
    assert row.due > timezone.now()
    day = (timezone.now() + timedelta(days=5)).date()
    client.post(f"{OUTGOING}{row.pk}/due/", {"day": day.isoformat(), "time": "09:00"})
    assert {each.due.date() for each in Outgoing.objects.all()} == {day}
    client.post(f"{OUTGOING}{row.pk}/cancellation/")
    assert [each.state for each in Outgoing.objects.all()] == ["cancelled", "cancelled"]
    assert done() == []


def test_what_was_taken_back_is_written_on() -> None:
    asked, client = post("Which stile?", bryony()), signed_in()
    row = waits("a", "The ladder.", state="failed", target=asked.uri)
    response = client.post(f"{OUTGOING}{row.pk}/cancellation/", {"change": "1"})
    assert response.headers["Location"] == f"/desk/writing/?again={row.pk}"
    page = read(client.get(response.headers["Location"]).content)
    assert (page.all("textarea[name=text]")[0].words, page.all("h1")[0].words) == ("The ladder.", "Answer Bryony Tarrowell")
    client.post(f"/desk/writing/?again={row.pk}", {"key": KEY, "text": "The gate.", "to": [quill().pk], "language": "en", "visibility": 1})
    assert [(words.text, words.parent) for _, words in done()] == [("The gate.", asked.uri)]


def test_words_are_kept_where_what_they_answered_is_gone() -> None:
    asked, client = post("Which stile?", bryony(), state=State.DELETED), signed_in()
    row = waits("a", "The ladder.", state="cancelled", target=asked.uri)
    page = read(client.get(f"/desk/writing/?again={row.pk}").content)
    assert (page.all("textarea[name=text]")[0].words, page.all("h1")[0].words) == ("The ladder.", "New post")


def test_failed_one_is_tried_again_with_what_follows_it() -> None:
    row, client = waits("a", state="failed"), signed_in()
    client.post(f"{OUTGOING}{row.pk}/retry/")
    assert [words.text for _, words in done()] == ["Both.", "and more"]


def test_open_page_asks_how_far_it_is_until_it_is_sent() -> None:
    row, client = waits("a"), signed_in()
    moving = client.get(f"{OUTGOING}{row.pk}/")
    assert read(moving.content).all(".sending")[0].get("hx-trigger") == "every 2s"
    shown = client.get(f"{OUTGOING}{row.pk}/", headers={"HX-Current-URL": "http://testserver/desk/conversations/7/?at=9#p9"})
    assert {each.get("value") for each in read(shown.content).all("input[name=back]")} == {"/desk/conversations/7/?at=9"}
    tasks.send_soon([row])
    done()
    sent = client.get(f"{OUTGOING}{row.pk}/")
    assert (sent.headers["HX-Trigger"], read(sent.content).all(".sending__state")[0].words) == ("conversation-changed", "Sent")


def test_way_back_leads_to_pages_of_ours_only() -> None:
    row, client = waits("a", state="failed"), signed_in()
    response = client.post(f"{OUTGOING}{row.pk}/retry/", {"back": "https://elsewhere.example/"})
    assert response.headers["Location"] == OUTGOING


def test_what_waits_for_an_answer_leads_to_one_where_we_can_answer() -> None:
    quill()
    asked = post("Which stile?", bryony())
    elsewhere = post("Which gate?", bryony())
    Post.objects.filter(pk=elsewhere.pk).update(network="bluesky")
    for each in (asked, elsewhere):
        Mention.objects.create(post=each, account=hettie())
    page = read(signed_in().get("/desk/conversations/?show=waiting").content)
    assert [each.get("href") for each in page.all(".talk--waits a.button")] == [f"/desk/writing/?answer={asked.pk}"]
