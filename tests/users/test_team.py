"""Members are asked in, come in, and leave."""

from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from homespun.core.models import AuditEntry
from homespun.users import access, actions
from homespun.users.access import Right
from homespun.users.models import Invitation, Role, User
from tests.users.cast import NOW, PASSWORD, sandor, vita

pytestmark = pytest.mark.django_db
ELKE = "elke@trams.example"


@pytest.fixture
def owner() -> User:
    return vita()


@pytest.fixture
def desk(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def invited(desk: Client, email: str = ELKE) -> str:
    """The link of an invitation, as the team's page shows it."""
    desk.post("/desk/settings/team/invitations/", {"email": email})
    link: str = desk.get("/desk/settings/team/").context["link"]["address"]
    return link.removeprefix("http://127.0.0.1:8000")


def test_invitation_is_a_link_that_is_shown_once_and_kept_by_its_hash(desk: Client) -> None:
    link = invited(desk)
    assert link.rsplit("/", 2)[1] not in str(list(Invitation.objects.values()))
    assert desk.get("/desk/settings/team/").context["link"] is None


def test_invitation_goes_by_letter_where_the_house_can_send(desk: Client, settings: Settings) -> None:
    settings.HOMESPUN_SENDS_MAIL = True
    link = invited(desk)
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == ([ELKE], "Join The Quarter Loaf")
    assert f"http://127.0.0.1:8000{link}" in str(letter.body).splitlines()


def test_invitation_whose_letter_fails_says_why_and_shows_the_link(
    desk: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise SMTPException("no such server")

    settings.HOMESPUN_SENDS_MAIL = True
    monkeypatch.setattr("homespun.users.letters.send_mail", fail)
    response = desk.post("/desk/settings/team/invitations/", {"email": ELKE}, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "The letter could not be sent: no such server. Copy the link instead."
    ]
    assert response.context["link"]["for"] == ELKE


def test_guest_joins_and_lands_on_the_desk(desk: Client) -> None:
    link, guest = invited(desk), Client()
    assert "Vita Halloran has asked you into the team. You will sign in as elke@trams.example." in guest.get(link).content.decode()
    response = guest.post(link, {"name": "Elke Brandreth", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/desk/")
    elke = User.objects.get(email=ELKE)
    assert (elke.name, elke.role, elke.check_password(PASSWORD)) == ("Elke Brandreth", Role.OWNER, True)
    assert guest.session["_auth_user_id"] == str(elke.pk)


def test_link_opens_nothing_once_it_has_been_used_taken_back_or_is_too_old(desk: Client, owner: User) -> None:
    used, taken_back = invited(desk), invited(desk, "sandor@loaf.example")
    Client().post(used, {"name": "Elke Brandreth", "password": PASSWORD})
    desk.post(f"/desk/settings/team/invitations/{Invitation.objects.get(accepted=None).pk}/withdrawal/")
    _, token = actions.invite(email="late@loaf.example", by=owner, now=timezone.now() - timedelta(days=8))
    for link in (used, taken_back, f"/join/{token}/", "/join/guessed/"):
        response = Client().post(link, {"name": "Mallory", "password": PASSWORD})
        assert (response.status_code, response.templates[0].name) == (410, "users/closed.html")
    assert User.objects.count() == 2


def test_second_invitation_to_the_same_address_ends_the_first(desk: Client) -> None:
    first, second = invited(desk), invited(desk)
    assert [Client().get(link).status_code for link in (first, second)] == [410, 200]


def test_member_is_not_invited_again(desk: Client) -> None:
    sandor()
    response = desk.post("/desk/settings/team/invitations/", {"email": "SANDOR@loaf.example"})
    assert response.context["form"].errors == {"email": ["This person is in the team already."]}


def test_invitation_cannot_be_guessed_at_length(client: Client) -> None:
    statuses = [client.get(f"/join/guess-{number}/").status_code for number in range(21)]
    assert statuses == [410] * 20 + [429]


def test_removed_member_is_out_at_once_and_their_link_with_them(desk: Client) -> None:
    member, theirs = sandor(), Client()
    theirs.force_login(member)
    link = invited(theirs)
    desk.post(f"/desk/settings/team/{member.pk}/removal/")
    assert theirs.get("/desk/settings/you/").headers["Location"] == "/sign-in/?next=/desk/settings/you/"
    assert Client().get(link).status_code == 410
    member.refresh_from_db()
    assert (member.is_active, member.has_usable_password(), member.name) == (False, False, "Sandor Welk")


def test_last_owner_cannot_be_removed(desk: Client, owner: User) -> None:
    sandor(role=Role.EDITOR)
    with pytest.raises(actions.LastOwner):
        actions.remove_member(member=owner, by=owner, now=NOW)
    response = desk.post(f"/desk/settings/team/{owner.pk}/removal/", follow=True)
    assert [str(message) for message in response.context["messages"]] == ["The house needs an owner. Invite another one first."]
    owner.refresh_from_db()
    assert owner.is_active


def test_former_member_comes_back_as_themselves(desk: Client, owner: User) -> None:
    member = sandor()
    actions.remove_member(member=member, by=owner, now=NOW)
    Client().post(invited(desk, "sandor@loaf.example"), {"name": "Sandor W.", "password": PASSWORD})
    member.refresh_from_db()
    assert (member.is_active, member.name, User.objects.count()) == (True, "Sandor W.", 2)


def test_colleague_gets_a_link_for_another_password(desk: Client) -> None:
    member = sandor()
    desk.post(f"/desk/settings/team/{member.pk}/password-link/")
    link = desk.get("/desk/settings/team/").context["link"]
    assert (link["for"], link["kind"]) == ("Sandor Welk", "password")
    assert list(AuditEntry.objects.values_list("verb", "subject")) == [("allow new password", f"user:{member.pk}")]
    assert Client().get(link["address"].removeprefix("http://127.0.0.1:8000"), follow=True).templates[0].name == "users/new_password.html"


def test_deeds_leave_their_rows(desk: Client, owner: User) -> None:
    Client().post(invited(desk), {"name": "Elke Brandreth", "password": PASSWORD})
    elke = User.objects.get(email=ELKE)
    desk.post(f"/desk/settings/team/{elke.pk}/removal/")
    rows = list(AuditEntry.objects.order_by("pk").values_list("verb", "by"))
    assert rows == [("invite", owner.pk), ("join", elke.pk), ("remove", owner.pk)]
    assert ELKE not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("members", [1, 3])
def test_team_page_costs_the_same_however_many_they_are(
    desk: Client, members: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(members - 1):
        User.objects.create_user(f"member{number}@loaf.example", name=f"Member {number}")
        Invitation.objects.create(
            email=f"{number}@x.example", token_hash=str(number), created=NOW, expires=NOW, invited_by=User.objects.first()
        )
    desk.get("/desk/settings/team/")
    with django_assert_num_queries(6):
        assert len(desk.get("/desk/settings/team/").context["members"]) == members


RIGHTS = {
    Role.OWNER: {Right.ACCOUNT, Right.READ, Right.WRITE, Right.PUBLISH, Right.COLLECT, Right.SETTLE, Right.INVITE},
    Role.EDITOR: {Right.ACCOUNT, Right.READ, Right.WRITE, Right.PUBLISH, Right.COLLECT},
    Role.CONTRIBUTOR: {Right.ACCOUNT, Right.READ, Right.WRITE},
}


@pytest.mark.parametrize("role", list(Role))
def test_roles_hold_their_rights(role: Role) -> None:
    member = sandor(role=role)
    assert {right for right in Right if access.holds(member, right)} == RIGHTS[role]
    member.is_active = False
    assert not any(access.holds(member, right) for right in Right)


def test_page_is_not_there_without_the_right_that_it_needs() -> None:
    @access.needs(Right.PUBLISH)
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse("here")

    request = RequestFactory().get("/")
    request.user = sandor(role=Role.EDITOR)
    assert page(request).status_code == 200
    request.user.role = Role.CONTRIBUTOR
    with pytest.raises(Http404):
        page(request)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CONTRIBUTOR])
def test_menu_leads_every_member_to_settings_of_theirs(client: Client, role: Role) -> None:
    vita()
    client.force_login(sandor(role=role))
    assert client.get("/desk/settings/").headers["Location"] == "/desk/settings/you/"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CONTRIBUTOR])
def test_settings_of_the_house_are_for_owners(client: Client, role: Role) -> None:
    owner = vita()
    client.force_login(sandor(role=role))
    for path in (f"/desk/settings/team/{owner.pk}/removal/", "/desk/settings/team/invitations/", "/desk/settings/"):
        assert client.post(path, {"email": ELKE}).status_code == 404
    text = client.get("/desk/settings/team/").content.decode()
    assert [words for words in ("Remove", "Invite a colleague</h2>") if words in text] == []
    assert User.objects.filter(is_active=True).count() == 2


def test_address_belongs_to_one_member_whatever_its_capitals() -> None:
    sandor()
    with pytest.raises(IntegrityError):
        User.objects.create_user("SANDOR@loaf.example", name="Another Sandor")
