"""Writing and answering: what is asked, what is kept, who may, and that one form makes one post."""

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from homespun.conversations.models import Mention, Outgoing, Post
from homespun.core.jobs.worker import run_waiting
from homespun.core.models import MediaFile, Site
from homespun.networks.values import Visibility
from homespun.users.models import Role
from tests.conversations.cast import bryony, hettie, post
from tests.conversations.quills import Quill, loom, made_up_networks, quill, signed_in
from tests.conversations.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_up_networks")]
__all__ = ["made_up_networks"]
WRITE = "/desk/writing/"
FORM_KEY = "k" * 22


def told(text: str = "Both stiles.", **more: Any) -> dict[str, Any]:
    return {"key": FORM_KEY, "text": text, "to": [quill().pk], "language": "en", "visibility": 1, "do": "send", **more}


def sent(client: Client, query: str = "", text: str = "Both stiles.", **more: Any) -> Any:
    return client.post(WRITE + query, told(text, **more))


def sentences(response: Any) -> list[str]:
    assert response.status_code == 422
    return [each.words for each in read(response.content).all(".notice p")]


def picture(colour: str = "red") -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(made, "PNG")
    return SimpleUploadedFile("stile.png", made.getvalue(), "image/png")


def test_post_is_decided_and_sent_in_the_background() -> None:
    response = sent(signed_in())
    assert response.headers["Location"] == f"/desk/outgoing/#o-{FORM_KEY}-{quill().pk}"
    run_waiting()
    assert [(verb, words.text) for verb, words in Quill.done] == [("post", "Both stiles.")]
    assert Post.objects.get().text == "Both stiles."


def test_one_form_that_is_sent_twice_makes_one_post() -> None:
    client = signed_in()
    sent(client)
    assert sent(client).status_code == 302
    run_waiting()
    assert (len(Quill.done), Outgoing.objects.count()) == (1, 1)


def test_other_words_under_a_key_that_was_used_are_not_lost() -> None:
    client = signed_in()
    sent(client)
    response = sent(client, text="Both stiles, and the gate.")
    assert sentences(response) == ["This was sent already, with other words. Send it once more if it shall go out again as it is now."]
    page = read(response.content)
    (field,) = page.all("input[name=key]")
    assert (page.all("textarea[name=text]")[0].words, field.get("value") == FORM_KEY) == ("Both stiles, and the gate.", False)
    assert sent(client, text="Both stiles, and the gate.", key=field.get("value")).status_code == 302
    assert Outgoing.objects.count() == 2


def test_answer_stands_under_what_it_answers_and_marks_it_done() -> None:
    asked = post("Which stile?", bryony(), parent=post("Stiles.", hettie()))
    Mention.objects.create(post=asked, account=hettie())
    client = signed_in()
    response = sent(client, f"?answer={asked.pk}", "@bryonyshelves Both.")
    assert response.headers["Location"] == (f"/desk/conversations/{asked.conversation_id}/?at={asked.pk}#o-{FORM_KEY}-{quill().pk}")
    page = client.get(response.headers["Location"])
    assert [each.words for each in read(page.content).all(f"#p{asked.pk} .sending__state")] == ["Being sent"]
    run_waiting()
    held = Post.objects.get(text="@bryonyshelves Both.")
    assert (held.parent_id, held.author_id, Mention.objects.get().done is None) == (asked.pk, hettie().pk, False)


def test_answer_begins_with_a_name_where_it_reaches_nobody_else() -> None:
    quill()
    page = read(signed_in().get(f"{WRITE}?answer={post('Which stile?', bryony()).pk}").content)
    assert page.all("textarea[name=text]")[0].words.strip() == "@bryonyshelves"


def test_one_post_goes_to_several_networks_in_as_many_parts_as_each_needs() -> None:
    text = "The ladder stile froze again in the night, and nobody could cross it before noon."
    sent(signed_in(), text=text, to=[quill().pk, loom().pk])
    run_waiting()
    assert sorted(words.text for _, words in Quill.done) == [
        "The ladder stile froze again in the night, and nobody (1/2)",
        text,
        "could cross it before noon. (2/2)",
    ]


def test_warning_begins_the_words_where_a_network_has_none() -> None:
    sent(signed_in(), warning="Ice", to=[quill().pk, loom().pk])
    run_waiting()
    assert sorted((words.text, words.warning) for _, words in Quill.done) == [("Both stiles.", "Ice"), ("Ice\n\nBoth stiles.", "Ice")]


def test_answer_is_never_shown_to_more_than_what_it_answers() -> None:
    asked = post("Which stile?", bryony(), visibility=Visibility.FOLLOWERS)
    client = signed_in()
    quill()
    page = read(client.get(f"{WRITE}?answer={asked.pk}").content)
    assert [each.get("value") for each in page.all("select[name=visibility] option")] == ["3", "4"]
    assert sent(client, f"?answer={asked.pk}", visibility=1).status_code == 422
    assert sent(client, f"?answer={asked.pk}", visibility=3).status_code == 302


def test_audience_that_a_network_does_not_have_is_refused() -> None:
    response = sent(signed_in(), to=[quill().pk, loom().pk], visibility=3)
    assert sentences(response) == ["@stilewise.example can only post to everybody. Leave it out, or let everybody see this."]


def test_picture_is_asked_for_its_words_once_and_kept_meanwhile() -> None:
    client = signed_in()
    response = sent(client, "", "Both stiles.", **{"picture-0": picture()})
    assert sentences(response) == ["Describe the picture, or say that it needs no words."]
    (kept,) = [each.get("value") for each in read(response.content).all("input[name=kept-0]")]
    assert sent(client, **{"kept-0": kept, "alt-0": "A red stile"}).status_code == 302
    run_waiting()
    assert [(each.alt, each.content_type) for each in Quill.done[0][1].pictures] == [("A red stile", "image/png")]


def test_picture_that_needs_no_words_goes_without() -> None:
    assert sent(signed_in(), "", "", **{"picture-0": picture(), "mute-0": "1"}).status_code == 302
    assert Outgoing.objects.get().media == [{"file": MediaFile.objects.get().sha256, "alt": ""}]


def test_file_that_is_no_picture_is_refused() -> None:
    response = sent(signed_in(), "", "Both stiles.", **{"picture-0": SimpleUploadedFile("stile.png", b"<svg>", "image/png"), "mute-0": "1"})
    assert sentences(response) == ["This is not a picture, film or sound of a kind that can be kept here."]


def test_post_is_scheduled_by_the_clock_of_the_site() -> None:
    client = signed_in()
    Site.objects.update(time_zone="Europe/Paris")
    day = (timezone.now() + timedelta(days=400)).strftime("%Y-07-01")
    sent(client, day=day, time="09:30")
    assert Outgoing.objects.get().due == datetime.fromisoformat(f"{day}T09:30:00+02:00")
    run_waiting()
    assert Quill.done == []


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ({"day": "2020-01-01", "time": "09:00"}, "That is over. Choose a later time, or none to send it now."),
        ({"day": "2031-01-01"}, "Say both the day and the time, or neither to send it now."),
        ({"day": "2031-03-30", "time": "02:30"}, "There is no such time on that day: the clocks go forward."),
    ],
)
def test_time_that_cannot_be_is_refused(when: dict[str, str], why: str) -> None:
    client = signed_in()
    Site.objects.update(time_zone="Europe/Paris")
    response = sent(client, **when)
    assert sentences(response) == [why]
    assert read(response.content).all("textarea[name=text]")[0].words == "Both stiles."


def test_nothing_is_sent_without_words_or_pictures() -> None:
    for text in ("  ", "@bryonyshelves ", "@bryony@shelves.example @colm"):
        assert sentences(sent(signed_in(), text=text)) == ["There are no words yet."]


def test_parts_are_shown_before_anything_is_sent() -> None:
    text = "The ladder stile froze again in the night, and nobody could cross it before noon."
    shown = signed_in().post(f"{WRITE}parts/", {"text": text, "to": [quill().pk, loom().pk]})
    assert [each.words for each in read(shown.content).all(".composer__count")] == ["Will be sent as 2 parts by @stilewise"]
    preview = sent(signed_in(), text=text, do="preview")
    assert (preview.status_code, Outgoing.objects.count()) == (200, 0)
    assert len(read(preview.content).all(".composer__thread li")) == 2


def test_contributor_hands_a_draft_to_an_editor_who_lets_it_go() -> None:
    contributor = signed_in(Role.CONTRIBUTOR)
    assert [sent(contributor, do=deed).status_code for deed in ("send", "", "other")] == [404, 404, 404]
    assert sent(contributor, do="draft").status_code == 302
    row = Outgoing.objects.get()
    run_waiting()
    assert (row.state, Quill.done, contributor.post(f"/desk/outgoing/{row.pk}/approval/").status_code) == ("draft", [], 404)
    assert signed_in(Role.EDITOR).post(f"/desk/outgoing/{row.pk}/approval/").status_code == 302
    run_waiting()
    assert [words.text for _, words in Quill.done] == ["Both stiles."]


def test_contributor_takes_back_their_own_draft_only() -> None:
    contributor = signed_in(Role.CONTRIBUTOR)
    sent(contributor, do="draft")
    sent(signed_in(), do="draft", key="o" * 22)
    own, other = Outgoing.objects.order_by("pk")
    buttons = [each.words for each in read(contributor.get("/desk/outgoing/").content).all(".sending button")]
    assert buttons == ["Take back and change", "Take back"]
    assert contributor.post(f"/desk/outgoing/{other.pk}/cancellation/").status_code == 404
    assert contributor.post(f"/desk/outgoing/{own.pk}/cancellation/").status_code == 302
    assert list(Outgoing.objects.order_by("pk").values_list("state", flat=True)) == ["cancelled", "draft"]


def test_page_says_what_to_do_where_nothing_is_connected() -> None:
    assert "There is no account to write with" in read(signed_in().get(WRITE).content).words


def test_post_that_nobody_may_answer_is_not_there() -> None:
    quill()
    kept = post("Only liked", bryony(), visibility=Visibility.LIKED)
    for query in (f"?answer={kept.pk}", f"?quote={kept.pk}", "?answer=1", "?quote=x"):
        assert signed_in().get(WRITE + query).status_code == 404


def test_own_posts_are_found_again_without_becoming_two() -> None:
    """The page of a conversation shows what was sent, and asks for nothing more."""
    asked = post("Which stile?", bryony())
    client = signed_in()
    sent(client, f"?answer={asked.pk}", "Both.")
    run_waiting()
    page = read(client.get(f"/desk/conversations/{asked.conversation_id}/").content)
    assert page.all(".sending") == []
    assert len([each for each in page.all(".post__words") if re.search(r"Both\.", each.words)]) == 1
