"""Which accounts the records of a batch speak of, when, and who says so."""

from collections.abc import Iterable
from datetime import datetime

from homespun.conversations.actions.drafts import KEPT_ASIDE, Draft
from homespun.conversations.actions.merging import ARCHIVED
from homespun.conversations.actions.rows import stamp
from homespun.networks.values import Account, Place, Post
from homespun.people.actions import Accounts
from homespun.people.models import Rank

Spans = dict[int, tuple[Account, int, int]]  # accounts by id(), as most records share them, with the first and the last time in ms


class SeenAccounts:
    """An archive calls its `owner` by one name in all posts, so that says nothing of then; a server calls everybody as they are called
    `now`, and a saved page as they were called."""

    def __init__(self, owner: Account | None, now: datetime | None) -> None:
        self.owner, self.now = owner, int(now.timestamp() * 1000) if now else 0
        self.by_rank: dict[Rank, Spans] = {Rank.SELF: {}, Rank.OTHERS: {}}
        self.newest = 0  # post of the owner
        self.face = (0, "")  # when the owner was last seen with an avatar, and with which

    def add(self, post: Post) -> None:
        if post.place in KEPT_ASIDE:
            return
        when = self.now if self.now and post.place <= Place.COPY else post.published
        author, owner = post.author, self.owner
        if author is not None and (author is owner or (owner is not None and author.uri == owner.uri)):
            self._add_own(author, post.published)
        elif author is not None:
            is_at_home = self.now and post.place == Place.SERVER and author.uri.startswith("https://")
            _widen(self.by_rank[Rank.SELF if is_at_home else Rank.OTHERS], author, when)
        if post.parent_author is not None:
            _widen(self.by_rank[Rank.OTHERS], post.parent_author, when)

    def _add_own(self, author: Account, when: int) -> None:
        self.newest = max(self.newest, when)
        if author.avatar:
            self.face = max(self.face, (when, author.avatar))

    def uris(self) -> set[str]:
        return {account.uri for spans in self.by_rank.values() for account, *_ in spans.values()}

    def learn(self, accounts: Accounts, drafts: Iterable[Draft], made: str) -> None:
        """Find or make all accounts, those of the drafts included, and write how they were called. `made` is when the archive was."""
        of_drafts = {id(each): each for draft in drafts for each in (draft.merged.author, draft.merged.parent_author) if each is not None}
        accounts.learn(_stamped(self.by_rank[Rank.OTHERS]), of_drafts.values())
        if self.by_rank[Rank.SELF]:
            accounts.learn(_stamped(self.by_rank[Rank.SELF]), rank=Rank.SELF)
        if self.owner and self.newest:
            face = (stamp(self.face[0]), self.face[1])
            accounts.learn_owner(self.owner, made or stamp(self.newest), face, rank_of_owner(self.owner))


def rank_of_owner(owner: Account) -> Rank:
    """Return how an account's own export is believed: above all others, but where its network can be asked and knows better."""
    return Rank.SELF if owner.network == ARCHIVED else Rank.OTHERS


def _widen(spans: Spans, account: Account, when: int) -> None:
    key = id(account)
    if key not in spans:
        spans[key] = (account, when, when)
        return
    _, first, last = spans[key]
    if not first <= when <= last:
        spans[key] = (account, min(first, when), max(last, when))


def _stamped(spans: Spans) -> dict[Account, tuple[str, str]]:
    """By account, with times as the database writes them."""
    every: dict[Account, tuple[int, int]] = {}
    for account, first, last in spans.values():
        known = every.get(account, (first, last))
        every[account] = (min(first, known[0]), max(last, known[1]))
    return {account: _stamps(first, last) for account, (first, last) in every.items()}


def _stamps(first: int, last: int) -> tuple[str, str]:
    """Most accounts of a batch are seen once."""
    start = stamp(first)
    return start, start if first == last else stamp(last)
