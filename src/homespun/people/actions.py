"""Accounts as sources show them: found or made by the handful, merged when an id turns up for what was known by handle alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from sqlite3 import Connection

import orjson

from homespun.networks.values import Account as Seen
from homespun.people.models import Rank

BY_ID = "https://x.com/i/user/"
X = "https://x.com/"
Span = tuple[str, str]  # first and last time, as the database writes it
Key = tuple[int, str, str, int]  # of a row of names: account, handle, name, rank
UNDATED = "1970-01-01 00:00:00"  # of an owner whose archive has shown no post so far
WIDEN = (  # as `Names.widened` does
    " on conflict (account_id, handle, name, source, rank) do update set"
    " first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen),"
    " avatar = iif((coalesce(excluded.avatar_seen, ''), excluded.avatar) > (coalesce(avatar_seen, ''), avatar), excluded.avatar, avatar),"
    " avatar_seen = nullif(max(coalesce(avatar_seen, ''), coalesce(excluded.avatar_seen, '')), '')"
)
FACTS = ("handle", "name", "avatar")  # of an account, in which order they are decided
NEWEST = {"handle": "last_seen", "name": "last_seen", "avatar": "avatar_seen"}  # by which date


@dataclass(slots=True)
class Names:
    """When an account went by a handle and a name, and its avatar then."""

    first: str
    last: str
    avatar: str = ""
    avatar_seen: str = ""

    def widened(self, first: str, last: str, avatar: str) -> "Names":
        """With another sight of it. The same whatever the order; of avatars of one moment the greater address."""
        seen, face = max((self.avatar_seen, self.avatar), (last, avatar)) if avatar else (self.avatar_seen, self.avatar)
        return Names(min(self.first, first), max(self.last, last), face, seen)


@dataclass
class Accounts:
    """The accounts that a run has met, kept so that each costs one question. Good for one run, its source, and one process."""

    db: Connection
    source: int = 0  # who tells the names
    ids: dict[str, int] = field(default_factory=dict)  # by uri
    known: dict[Key, Names] = field(default_factory=dict)
    merged: list[tuple[int, int]] = field(default_factory=list)  # old key, new key: the rooms above move what points at them

    def learn(self, seen: dict[Seen, Span], at_all: Iterable[Seen] = (), *, rank: Rank = Rank.OTHERS) -> None:
        """Find or make every account of `seen` (with when it went by that name) and of `at_all` (whenever)."""
        at_all = list(at_all)
        everyone = {account.uri: account for account in (*at_all, *seen)}
        fresh = [account for uri, account in sorted(everyone.items()) if uri not in self.ids]
        if fresh:
            self._find_or_make([account for account in fresh if not is_by_handle(account)])
            self._find_or_make_by_handle([account for account in fresh if is_by_handle(account)])
        self._call_nameless([account for account in at_all if account.handle and account not in seen])
        self._name(seen, rank)

    def learn_owner(self, owner: Seen, when: str, face: tuple[str, str] = ("", ""), rank: Rank = Rank.SELF) -> None:
        """What an archive says of whose it is, as of when it was made, or of its newest post so far. `face` is when its newest post was
        written and the avatar beside it, for archives that say of no avatar themselves."""
        self.learn({}, [owner])
        if not owner.handle:
            return
        row = (self.ids[owner.uri], owner.handle, owner.name, int(rank))
        seen, avatar = (when, owner.avatar) if owner.avatar else face if face[1] else ("", "")
        known = self.known.get(row)
        if known is None and not is_by_handle(owner):
            self._merge([owner])
        if known is None or when > known.last or (seen, avatar) > (known.avatar_seen, known.avatar):
            self._write({row: Names(when, when, avatar, seen)}, {row[0]})
            told = (row[0], self.source, row[3])
            self.db.execute("update people_accountname set first_seen = last_seen where account_id = ? and source = ? and rank = ?", told)

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

    def _call_nameless(self, accounts: list[Seen]) -> None:
        """Of several spellings of a handle one, whichever came first, where nothing says when the account went by it."""
        self.db.executemany(
            "update people_account set handle = ?1 where id = ?2 and handle < ?1"
            " and not exists (select 1 from people_accountname n where n.account_id = ?2)",
            [(account.handle, self.ids[account.uri]) for account in accounts],
        )

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

    def _name(self, seen: dict[Seen, Span], rank: Rank) -> None:
        changed: dict[Key, Names] = {}
        newer: set[int] = set()  # accounts of which something is seen later than before
        new_handles: dict[str, Seen] = {}
        for account, (first, last) in seen.items():
            if not account.handle:
                continue
            row = (self.ids[account.uri], account.handle, account.name, int(rank))
            known = changed.get(row) or self.known.get(row)
            is_newer = known is None or last > known.last or (account.avatar and (last, account.avatar) > (known.avatar_seen, known.avatar))
            if is_newer:
                newer.add(row[0])
            if known is None:
                changed[row] = Names(first, last, account.avatar, last if account.avatar else "")
                if not is_by_handle(account):
                    new_handles[account.handle.lower()] = account
            elif is_newer or first < known.first:
                changed[row] = known.widened(first, last, account.avatar)
        if changed:
            self._merge(new_handles.values())
            self._write(changed, newer)

    def _write(self, changed: dict[Key, Names], newer: set[int]) -> None:
        """An account that was only seen earlier than before goes by the same name as it did."""
        self.known.update(changed)
        self.db.executemany(
            "insert into people_accountname (account_id, handle, name, rank, first_seen, last_seen, avatar, avatar_seen, source)"
            " values (?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?)" + WIDEN,
            [(*row, names.first, names.last, names.avatar, names.avatar_seen, self.source) for row, names in changed.items()],
        )
        if newer:
            refresh(self.db, newer)

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
    """Accounts have the handle, name and avatar that the best rank says, and in it what was seen last."""
    asked = orjson.dumps(list(keys)).decode()
    for column in FACTS:
        db.execute(
            f"update people_account set {column} = n.{column} from (select account_id, {column}, row_number() over"
            f" (partition by account_id order by rank, {NEWEST[column]} desc, {column} desc) as place"
            f" from people_accountname where {column} != '' and account_id in (select value from json_each(?))) n"
            f" where n.account_id = people_account.id and n.place = 1 and people_account.{column} != n.{column}",
            (asked,),
        )


def show(db: Connection, accounts: Iterable[Seen], *, is_copy: bool = False) -> None:
    """Accounts say of themselves what a server shows of them now; so do those without a handle, which have no names, of their avatar.

    `is_copy`: another server than their own shows it, which says nothing where they have said something themselves.
    """
    shown = {account.uri: account for account in accounts if account.bio or (account.avatar and not account.handle)}
    db.executemany(
        "update people_account set avatar = iif(?1 = '' or (?4 and avatar != ''), avatar, ?1),"
        " bio = iif(?2 = '' or (?4 and bio != ''), bio, ?2)"
        " where uri = ?3 and ((?1 != '' and avatar != ?1) or (?2 != '' and bio != ?2))",
        [("" if account.handle else account.avatar, account.bio, uri, is_copy) for uri, account in shown.items()],
    )


def fold(db: Connection, old: int, new: int) -> None:
    """Throw away a row that was merged into another, once nothing points at it."""
    db.execute(
        "insert into people_accountname (account_id, handle, name, rank, first_seen, last_seen, avatar, avatar_seen, source)"
        " select ?2, handle, name, rank, first_seen, last_seen, avatar, avatar_seen, source from people_accountname where account_id = ?1"
        + WIDEN,
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
    db.execute("update people_account set avatar = '' where id in (select value from json_each(?))", (orjson.dumps(list(told)).decode(),))
    refresh(db, told)
