"""Background work under Settings: what failed stands there with its reason, and is tried again."""

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from homespun.conversations.actions.outgoing import decide
from homespun.conversations.models import Outgoing
from homespun.conversations.tasks import sweep_uploads
from homespun.core.jobs import GivenUp
from homespun.core.jobs.models import Row
from homespun.core.models import Site
from homespun.users.models import Role, User
from tests.conversations.reading import read
from tests.conversations.test_outgoing import connection

pytestmark = pytest.mark.django_db
PAGE = "/desk/settings/work/"


def signed_in(role: str = Role.OWNER) -> Client:
    Site.objects.get_or_create(pk=1, defaults={"name": "Stilewise"})
    client = Client()
    client.force_login(User.objects.create(email=f"{role}@stilewise.example", name="Hettie", role=role))
    return client


def failed_task() -> Row:
    row = DBTaskResult.objects.get(pk=sweep_uploads.enqueue().id)
    row.claim("w")
    row.set_failed(GivenUp("The disk is full."))
    return row


def words(client: Client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    return read(response.content).words


def test_page_says_that_nothing_is_the_matter() -> None:
    assert "Nothing runs, nothing waits, and nothing has failed." in words(signed_in())


def test_failed_task_says_why_and_is_tried_again() -> None:
    client, row = signed_in(), failed_task()
    assert "The disk is full." in words(client)
    assert client.post(f"{PAGE}tasks/{row.pk}/retry/").status_code == 302
    row.refresh_from_db()
    assert (row.status, row.worker_ids, row.finished_at) == (TaskResultStatus.READY, [], None)
    assert "Waits" in words(client)


def test_what_was_not_sent_is_tried_again() -> None:
    client = signed_in()
    (row,) = decide(by=None, now=timezone.now(), key="k", connection=connection(), texts=("Both stiles.",))
    Outgoing.objects.update(state="failed", trouble="The server refuses it.")
    assert "The server refuses it." in words(client)
    client.post(f"{PAGE}outgoing/{row.pk}/retry/")
    row.refresh_from_db()
    assert (row.state, row.trouble) == ("waiting", "")


def test_page_is_not_there_for_who_may_not_settle() -> None:
    assert signed_in(Role.EDITOR).get(PAGE).status_code == 404
