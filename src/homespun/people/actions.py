"""Accounts as sources show them: found or made by the handful, merged when an id turns up for what was known by handle alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from sqlite3 import Connection

import orjson

from homespun.networks.values import Account as Seen

BY_ID = "https://x.com/i/user/"
X = "https://x.com/"
Span = tuple[str, str]  # first and last time, as the database writes it


@dataclass
class Accounts:
    """The accounts that a run has met, kept so that each costs one question. Good for one run, its source, and one process."""

    db: Connection
    source: int = 0  # who tells the names
    ids: dict[str, int] = field(default_factory=dict)  # by uri
    spans: dict[tuple[int, str, str], Span] = field(default_factory=dict)
    merged: list[tuple[int, int]] = field(default_factory=list)  # old key, new key: the rooms above move what points at them

    def learn(self, seen: dict[Seen, Span], at_all: Iterable[Seen] = ()) -> None:
        """Find or make every account of `seen` (with when it went by that name) and of `at_all` (whenever)."""
        everyone = {account.uri: account for account in (*at_all, *seen)}
        fresh = [account for uri, account in sorted(everyone.items()) if uri not in self.ids]
        if fresh:
            self._find_or_make([account for account in fresh if not is_by_handle(account)])
            self._find_or_make_by_handle([account for account in fresh if is_by_handle(account)])
        self._name(seen)

    def key(self, account: Seen | None) -> int | None:
        return None if account is None else self.ids[account.uri]

    def _find_or_make(self, accounts: list[Seen]) -> None:
        self._find([account.uri for account in accounts])
        missing = [account for account in accounts if account.uri not in self.ids]
        self._take_over(missing)
        self._make([account for account in missing if account.uri not in self.ids])

    def _find(self, uris: list[str]) -> None:
        rows = self.db.execute(
            "select a.uri, a.id from json_each(?) j cross join people_account a on a.uri = j.value", (orjson.dumps(uris).decode(),)
        )
        self.ids.update(rows)

    def _make(self, accounts: list[Seen]) -> None:
        self.db.executemany(
            "insert into people_account (uri, network, handle, name, bio, avatar, is_own) values (?, ?, ?, ?, ?, ?, 0)",
            [(account.uri, account.network, account.handle, account.name, account.bio, account.avatar) for account in accounts],
        )
        self._find([account.uri for account in accounts])

    def _take_over(self, accounts: list[Seen]) -> None:
        """Who was known by handle alone and now has an id keeps the row."""
        for account, by_handle in self._known_by_handle(accounts):
            if account.uri not in self.ids:
                self.db.execute("update people_account set uri = ? where id = ?", (account.uri, by_handle))
                self.ids[account.uri] = by_handle
                self.ids[X + account.handle.lower()] = by_handle

    def _known_by_handle(self, accounts: Iterable[Seen]) -> list[tuple[Seen, int]]:
        by_uri = {X + account.handle.lower(): account for account in accounts if account.handle and account.uri.startswith(BY_ID)}
        rows = self.db.execute(
            "select a.uri, a.id from json_each(?) j cross join people_account a on a.uri = j.value", (orjson.dumps(list(by_uri)).decode(),)
        ).fetchall()
        return [(by_uri[uri], key) for uri, key in rows]

    def _find_or_make_by_handle(self, accounts: list[Seen]) -> None:
        for account in accounts:
            handle = account.uri[len(X) :] if account.uri.startswith(X) else ""
            known = self._with_handle(handle) if handle else None
            if known is not None:
                self.ids[account.uri] = known
        left = [account for account in accounts if account.uri not in self.ids]
        self._find([account.uri for account in left])
        self._make([account for account in left if account.uri not in self.ids])

    def _with_handle(self, handle: str) -> int | None:
        """The account with an id that goes or went by this handle; of several the one that was registered first."""
        row = self.db.execute(
            "select a.id from people_account a where a.network = 'x' and a.uri like 'https://x.com/i/user/%' and (lower(a.handle) = ?1"
            " or exists (select 1 from people_accountname n where n.account_id = a.id and lower(n.handle) = ?1))"
            " order by length(a.uri), a.uri limit 1",
            (handle,),
        ).fetchone()
        return row[0] if row else None

    def _name(self, seen: dict[Seen, Span]) -> None:
        changed: dict[tuple[int, str, str], Span] = {}
        new_handles: dict[str, Seen] = {}
        for account, (first, last) in seen.items():
            if not account.handle:
                continue
            row = (self.ids[account.uri], account.handle, account.name)
            known = changed.get(row) or self.spans.get(row)
            if known is None or first < known[0] or last > known[1]:
                changed[row] = (min(first, known[0]), max(last, known[1])) if known else (first, last)
            if known is None and not is_by_handle(account):
                new_handles[account.handle.lower()] = account
        if not changed:
            return
        self._merge(new_handles.values())
        self.spans.update(changed)
        self.db.executemany(
            "insert into people_accountname (account_id, handle, name, first_seen, last_seen, source) values (?1, ?2, ?3, ?4, ?5, ?6)"
            " on conflict (account_id, handle, name, source) do update set first_seen = min(first_seen, ?4), last_seen = max(last_seen, ?5)"
            " where ?4 < first_seen or ?5 > last_seen",
            [(*row, *span, self.source) for row, span in changed.items()],
        )
        refresh(self.db, {row[0] for row in changed})

    def _merge(self, accounts: Iterable[Seen]) -> None:
        """Rows by handle alone whose id has turned up; what points at them is for the rooms above to move."""
        for account, old in self._known_by_handle(accounts):
            new = self.ids[account.uri]
            if old != new:
                self.merged.append((old, new))
                self.ids[X + account.handle.lower()] = new


def is_by_handle(account: Seen) -> bool:
    return account.network == "x" and not account.uri.startswith(BY_ID)


def refresh(db: Connection, keys: Iterable[int]) -> None:
    """Accounts go by the handle and the name that they were seen with last."""
    asked = orjson.dumps(list(keys)).decode()
    for column in ("handle", "name"):
        db.execute(
            f"update people_account set {column} = n.{column} from"
            f" (select account_id, {column}, row_number() over (partition by account_id order by last_seen desc, {column} desc) as place"
            f" from people_accountname where {column} != '' and account_id in (select value from json_each(?))) n"
            " where n.account_id = people_account.id and n.place = 1",
            (asked,),
        )


def show(db: Connection, accounts: Iterable[Seen]) -> None:
    """Accounts have the face, and say of themselves what their server shows of them now."""
    shown = {account.uri: account for account in accounts if account.avatar or account.bio}
    db.executemany(
        "update people_account set avatar = coalesce(nullif(?1, ''), avatar), bio = coalesce(nullif(?2, ''), bio)"
        " where uri = ?3 and ((?1 != '' and avatar != ?1) or (?2 != '' and bio != ?2))",
        [(account.avatar, account.bio, uri) for uri, account in shown.items()],
    )


def fold(db: Connection, old: int, new: int) -> None:
    """Throw away a row that was merged into another, once nothing points at it."""
    db.execute(
        "insert into people_accountname (account_id, handle, name, first_seen, last_seen, source)"
        " select ?2, handle, name, first_seen, last_seen, source from people_accountname where account_id = ?1"
        " on conflict (account_id, handle, name, source) do update set first_seen = min(first_seen, excluded.first_seen),"
        " last_seen = max(last_seen, excluded.last_seen)",
        (old, new),
    )
    db.execute(
        "update people_account set is_own = 1 where id = ? and exists (select 1 from people_account where id = ? and is_own)", (new, old)
    )
    db.execute("delete from people_accountname where account_id = ?", (old,))
    db.execute("delete from people_account where id = ?", (old,))
    refresh(db, [new])


def unlearn(db: Connection, source: int, keep: Iterable[int]) -> None:
    """Forget the names that this source told: accounts go by what others say of them.

    A name that nobody says any more goes, but for those of `keep`, whose own archive told it without a date. A handle stays until
    another is told: an account must be called something.
    """
    told = {row[0] for row in db.execute("delete from people_accountname where source = ? returning account_id", (source,))}
    asked = orjson.dumps(list(told.difference(keep))).decode()
    db.execute("update people_account set name = '' where id in (select value from json_each(?))", (asked,))
    refresh(db, told)
