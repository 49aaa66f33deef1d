"""Accounts as sources show them: one row each, by today's name, with the names from before and who told them."""

from sqlite3 import Connection
from typing import cast

import pytest
from django.db import connection

from homespun.networks.values import Account as Seen
from homespun.people.actions import Accounts, fold, unlearn
from homespun.people.models import Account, AccountName, Rank

pytestmark = pytest.mark.django_db
DAY = "2024-03-{:02} 09:00:00"
ELKE = "https://x.com/i/user/7"


def database() -> Connection:
    connection.ensure_connection()
    return cast(Connection, connection.connection)


def elke(handle: str = "elke", name: str = "Elke Brandreth") -> Seen:
    return Seen(ELKE, handle, name)


def by_handle(handle: str) -> Seen:
    return Seen(f"https://x.com/{handle.lower()}", handle)


def learn(*seen: tuple[Seen, int], source: int = 1) -> Accounts:
    """What a source told, each on a day of March."""
    accounts = Accounts(database(), source)
    accounts.learn({account: (DAY.format(day), DAY.format(day)) for account, day in seen})
    return accounts


def called() -> list[tuple[str, str]]:
    return list(Account.objects.order_by("uri").values_list("handle", "name"))


def test_account_goes_by_the_name_that_was_seen_last() -> None:
    learn((elke("elke_b"), 9), (elke("elke"), 2))
    assert called() == [("elke_b", "Elke Brandreth")]
    assert list(AccountName.objects.order_by("handle").values_list("handle", flat=True)) == ["elke", "elke_b"]


def test_order_in_which_names_are_learned_makes_no_difference() -> None:
    learn((elke("elke"), 2))
    learn((elke("elke_b"), 9))
    learn((elke("elke"), 4))
    assert called() == [("elke_b", "Elke Brandreth")]


def test_account_goes_by_what_it_says_of_itself_whoever_was_later() -> None:
    learn((elke("elke_old"), 20))
    Accounts(database(), 2).learn({elke("elke", "Elke"): (DAY.format(3), DAY.format(3))}, rank=Rank.SELF)
    learn((elke("elke_older"), 25), source=3)
    assert called() == [("elke", "Elke")]


def test_account_has_the_avatar_that_was_seen_last() -> None:
    for day, avatar in ((5, "b.jpg"), (2, "a.jpg"), (9, ""), (5, "c.jpg")):
        learn((Seen(ELKE, "elke", "Elke", avatar), day))
    assert list(Account.objects.values_list("avatar", flat=True)) == ["c.jpg"]
    unlearn(database(), 1, keep=[])
    assert list(Account.objects.values_list("avatar", flat=True)) == [""]


def test_handle_that_nothing_dates_is_spelt_the_same_in_any_order() -> None:
    for spellings in (["ELKE", "elke"], ["elke", "ELKE"]):
        for handle in spellings:
            Accounts(database()).learn({}, [elke(handle)])
        assert called() == [("elke", "Elke Brandreth")]
        Account.objects.all().delete()


def test_handle_without_a_name_leaves_the_name() -> None:
    learn((elke(), 2), (elke(name=""), 9))
    assert called() == [("elke", "Elke Brandreth")]


def test_name_is_kept_with_its_first_and_last_day() -> None:
    for day in (5, 2, 9):
        learn((elke(), day))
    name = AccountName.objects.get()
    assert (name.first_seen.day, name.last_seen.day) == (2, 9)


def test_account_known_by_handle_alone_gets_its_id_when_it_turns_up() -> None:
    learn((by_handle("Elke"), 2))
    before = Account.objects.get()
    learn((elke(), 3))
    after = Account.objects.get()
    assert (after.pk, after.uri) == (before.pk, ELKE)


def test_handle_alone_is_whoever_goes_or_went_by_it() -> None:
    learn((elke("elke"), 2), (elke("elke_b"), 9))
    accounts = learn((by_handle("ELKE"), 5))
    assert list(accounts.ids.values()) == [Account.objects.get().pk]


def test_row_by_handle_is_merged_into_the_account_that_went_by_it() -> None:
    learn((elke("elke_b"), 9))
    learn((by_handle("elke"), 2))
    accounts = learn((elke("elke"), 3), source=2)
    (old, new), *more = accounts.merged
    assert (more, Account.objects.get(pk=old).uri, Account.objects.get(pk=new).uri) == ([], "https://x.com/elke", ELKE)
    fold(database(), old, new)
    assert called() == [("elke_b", "Elke Brandreth")]
    assert set(AccountName.objects.filter(handle="elke").values_list("account", "name", "source")) == {
        (new, "", 1),
        (new, "Elke Brandreth", 2),
    }


def test_names_that_only_one_source_told_go_with_it() -> None:
    learn((elke("elke"), 2), source=1)
    learn((elke("elke_b", "Elke B."), 9), source=2)
    unlearn(database(), 2, keep=[])
    assert called() == [("elke", "Elke Brandreth")]
    assert list(AccountName.objects.values_list("handle", "source")) == [("elke", 1)]


def test_names_that_another_source_told_as_well_stay() -> None:
    learn((elke(), 9), source=1)
    learn((elke(), 2), source=2)
    unlearn(database(), 2, keep=[])
    name = AccountName.objects.get()
    assert (called(), name.first_seen.day) == ([("elke", "Elke Brandreth")], 9)


@pytest.mark.parametrize(("has_an_archive", "name"), [(False, ""), (True, "Elke Brandreth")])
def test_name_that_nobody_tells_any_more_goes_unless_an_archive_of_theirs_stays(has_an_archive: bool, name: str) -> None:
    learn((elke(), 2))
    unlearn(database(), 1, keep=[Account.objects.get().pk] if has_an_archive else [])
    assert called() == [("elke", name)]
