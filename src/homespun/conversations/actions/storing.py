"""`store`: posts into the database, a few thousand at a time, in one transaction that is short enough for others to wait for.

Everything is worked out first: what is there, what each post is to be, what it answers, which conversations become one. Then it is
written by set. The same records in any order and any division leave the same rows, compared by uri.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from homespun.conversations.actions import changes, indexing, rows, thread_rows, threads
from homespun.conversations.actions.drafts import ASIDES_OF, KEPT_ASIDE, Draft, Owners, by_uri, drafted
from homespun.conversations.actions.merging import Sight
from homespun.conversations.actions.opt_outs import OptOuts
from homespun.conversations.actions.seen_accounts import SeenAccounts
from homespun.conversations.models import MissingParent
from homespun.core import live
from homespun.networks.values import Account, Place, Post
from homespun.people.actions import Accounts, fold, show
from homespun.users.models import User

LOW = (1 << 22) - 1


@dataclass
class Stored:
    """What came of a batch."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    opted_out: int = 0  # not stored, because of an opt-out or an open request
    recovered: Counter[str] = field(default_factory=Counter)


@dataclass
class Store:
    """Kept for a whole run, so that accounts and owners are asked for once.

    `now` is given for what a server shows now, and left out for an archive, which is the past.
    """

    source: int
    made: str = ""  # when the source was made, as the database writes it
    owner: Account | None = None
    owners: Owners = field(default_factory=Owners)
    accounts: Accounts = field(default_factory=lambda: Accounts(rows.database()))
    own: set[int] = field(default_factory=rows.own_accounts)
    opt_outs: OptOuts = field(default_factory=OptOuts)
    by: User | None = None
    now: datetime | None = None

    def store(self, posts: Sequence[Post], asides: Sequence[Post] = ()) -> Stored:
        """Write posts and words kept aside. Runs inside the caller's transaction."""
        self.opt_outs.reload()  # a run may take minutes, and a decision holds for the next batch
        given = len(posts) + len(asides)
        posts, asides = self.opt_outs.filter(posts), self.opt_outs.filter(asides)
        self._keep_aside(asides)
        sights = [Sight(self.source, post, self.made, rows.moment_stamp(self.now)) for post in posts]
        sights += self._answered(asides)
        done = self.settle(by_uri(sights))
        done.opted_out = given - len(posts) - len(asides)
        return done

    def settle(self, groups: dict[str, list[Sight]], *, anew: bool = False) -> Stored:
        """Write what these posts are to be after all that is kept and all that is new of them."""
        drafts, same = drafted(groups, self.owners, anew=anew)
        drafts += self._found_aside(drafts)
        changes.mark_deleted(drafts)
        done = Stored(unchanged=len(same))
        # An archive can call somebody otherwise in a record that says nothing new of its post; a server calls everybody the same each time.
        told = (draft.sights for draft in drafts) if self.now else groups.values()
        self._learn_names([sight for sights in told for sight in sights], drafts)
        if drafts:
            self._write(drafts, done)
            live.changed()
        return done

    def _keep_aside(self, asides: Sequence[Post]) -> None:
        if asides:
            rows.keep_asides([(self.source, post.uri, int(post.place), post.raw) for post in asides])

    def _answered(self, asides: Sequence[Post]) -> list[Sight]:
        """Of words kept aside those that something held answers, or that stand in for a post already."""
        if not asides:
            return []
        uris = {post.uri for post in asides}
        wanted = {uri for _, uri, *_ in thread_rows.waiting(uris)} - self._opted_out(uris)
        wanted |= {uri for uri, post in rows.held(uris).items() if post.place in KEPT_ASIDE}
        return [Sight(self.source, post, self.made) for post in asides if post.uri in wanted]

    def _opted_out(self, uris: set[str]) -> set[str]:
        """Of these missing posts those whose replies name an author that opted out. A like doesn't say who wrote it."""
        if not (self.opt_outs.opted_out or self.opt_outs.paused):
            return set()
        named = MissingParent.objects.filter(uri__in=uris, author__isnull=False).values_list("uri", "author__uri", "author__handle")
        return {uri for uri, author, handle in named if self.opt_outs.covers(Account(author, handle))}

    def _found_aside(self, drafts: list[Draft]) -> list[Draft]:
        """Drafts of what these posts answer, where it is held nowhere but words of it were kept aside."""
        here = {draft.merged.uri for draft in drafts} | {name for draft in drafts for name in draft.merged.names}
        asked = {draft.merged.parent for draft in drafts if draft.merged.parent} - here
        kept = rows.asides(asked) if asked else []
        if not kept:
            return []
        held = rows.parents({row[0] for row in kept})
        authors = {draft.merged.parent: draft.merged.parent_author for draft in drafts}
        wanted = [row for row in kept if row[0] not in held and not ((author := authors.get(row[0])) and self.opt_outs.covers(author))]
        sights = [self.owners.sight(ASIDES_OF, source, place, raw) for _uri, source, place, raw in wanted]
        found, _ = drafted(by_uri(self.opt_outs.filter_sightings(sight for sight in sights if sight)), self.owners)
        return found

    def _write(self, drafts: list[Draft], done: Stored) -> None:
        self._resolve_accounts(drafts)
        changed = [draft for draft in drafts if draft.old]
        before = indexing.entries(key for draft in changed for key in (draft.id, *(row.id for row in draft.others)))
        give_keys([draft for draft in drafts if not draft.old])
        absorb([draft for draft in drafts if draft.others])
        woven = threads.Weaving(drafts)
        woven.find_parents()
        retagged = woven.name_authors()
        woven.join()
        done.updated += write_changed(changed)
        if self.now:
            changes.note_edits(changed, by=self.by, now=self.now)
        write_new([draft for draft in drafts if not draft.old])
        write_parts(drafts)
        woven.finish(self.own)
        self._index(drafts, before, retagged)
        count_new(drafts, done)

    def _learn_names(self, sights: Sequence[Sight], drafts: list[Draft]) -> None:
        """Find or make all accounts that these speak of, and learn what the records say of them."""
        seen = SeenAccounts(self.owner, self.now)
        for sight in sights:
            seen.add(sight.post)
        before = changes.handles(seen.uris()) if self.now else {}
        seen.learn(self.accounts, drafts, self.made)
        if self.now and before:
            changes.note_renamed(before, by=self.by, now=self.now)
        if self.now:
            for is_copy in (True, False):
                shown = [sight.post for sight in sights if sight.post.place <= Place.COPY and (sight.post.place == Place.COPY) == is_copy]
                show(rows.database(), [post.author for post in shown if post.author], is_copy=is_copy)
        self._move_merged()

    def _resolve_accounts(self, drafts: list[Draft]) -> None:
        key = self.accounts.ids
        for draft in drafts:
            post = draft.merged
            draft.author = key[post.author.uri] if post.author else None
            draft.ghost_author = key[post.parent_author.uri] if post.parent_author else None

    def _move_merged(self) -> None:
        """Accounts that turned out to be one: what points at the one that goes is moved."""
        for old, new in self.accounts.merged:
            threads.move_account(old, new)
            fold(rows.database(), old, new)
            self.own = rows.own_accounts()
        self.accounts.merged.clear()

    def _index(self, drafts: list[Draft], before: list[indexing.Entry], retagged: list[indexing.Entry]) -> None:
        fresh = [
            indexing.entry(
                draft.id,
                draft.merged.text,
                warning=draft.merged.warning,
                html=draft.merged.html,
                author=draft.author,
                reply_to=draft.ghost_author,
                own=draft.author in self.own,
                pictured=bool(draft.merged.media),
            )
            for draft in drafts
        ]
        if not before and not retagged:
            indexing.put(fresh)
            return
        written = {entry[0] for entry in fresh}
        old, again = {entry[0]: entry for entry in before}, [entry for entry in retagged if entry[0] not in written]
        fresh += indexing.entries(entry[0] for entry in again)
        known = {entry[0]: entry for entry in fresh}
        stale = [entry for entry in (*old.values(), *again) if known.get(entry[0]) != entry]
        gone = {entry[0] for entry in stale}
        indexing.take(stale)
        indexing.put([entry for entry in fresh if entry[0] in gone or entry[0] not in old])


def give_keys(drafts: list[Draft]) -> None:
    """Keys in order of time; X's ids have their own order within a millisecond, and a key that is taken makes way for the next."""
    for draft in drafts:
        draft.id = draft.merged.published << 22 | low_bits(draft.merged.uri)
    taken = rows.taken_keys(draft.id for draft in drafts)
    for draft in sorted(drafts, key=lambda draft: (draft.id, draft.merged.uri)):
        while draft.id in taken:
            draft.id += 1
            if draft.id not in taken:
                taken |= rows.taken_keys([draft.id])
        taken.add(draft.id)


def low_bits(uri: str) -> int:
    number = uri.rpartition("/")[2]
    return int(number) & LOW if number.isdigit() else sum(ord(sign) * place for place, sign in enumerate(uri, 1)) & LOW


def absorb(drafts: Iterable[Draft]) -> None:
    """Rows that turned out to be the same post under another name: their sightings and answers move, then they go."""
    for draft in drafts:
        others = [row.id for row in draft.others]
        threads.move_posts(others, draft.id)


def write_changed(drafts: list[Draft]) -> int:
    """How many of them did change."""
    changed = 0
    updates = []
    for draft in drafts:
        old, row = draft.old, values(draft)
        assert old is not None
        changed += (*old[2:8], *old[9:]) != row
        updates.append((*row[:6], draft.conversation, *row[6:], draft.merged.uri, draft.id))
    rows.update_posts(updates)
    return changed


def values(draft: Draft) -> tuple[object, ...]:
    post = draft.merged
    edited = rows.stamp(post.edited) if post.edited else None
    return (
        post.url,
        draft.author,
        rows.stamp(post.published),
        post.text,
        post.lang,
        draft.parent,
        post.place,
        post.visibility,
        post.state,
        edited,
        post.network,
        post.html,
        post.warning,
        post.replies,
        int(post.is_cut),
        draft.ghost_author,
    )


def write_new(drafts: list[Draft]) -> None:
    made = []
    for draft in drafts:
        row = values(draft)
        made.append((draft.id, draft.merged.uri, *row[:6], draft.conversation, *row[6:]))
    rows.insert_posts(sorted(made))


def write_parts(drafts: list[Draft]) -> None:
    """Sightings, names, references and media of each; of a post that was there, files that were found stay with their names."""
    held = [draft.id for draft in drafts if draft.old]
    files: dict[tuple[int, str], int] = {}
    if held:
        files = {(row[0], row[4] or row[3]): row[8] for row in rows.media_of(held) if row[8]}
        rows.delete_parts(held, "postname", "reference", "postmedia", "missingparent")
        threads.drop_asides([draft.id for draft in drafts if draft.dropped])
    sightings, names, references, media, missing = [], [], [], [], []
    for draft in sorted(drafts, key=lambda draft: draft.id):
        key, post = draft.id, draft.merged
        for sight in draft.sights:
            if not (draft.dropped and sight.post.place in KEPT_ASIDE):
                sightings.append((key, *sight.key, sight.post.raw, sight.seen or None))
        if post.names:
            names += [(name, key) for name in post.names]
        if post.references:
            references += [(key, reference.kind, reference.uri) for reference in post.references]
        for place, each in enumerate(post.media):
            file = files.get((key, each.file or each.url)) if files else None
            media.append((key, place, each.kind, each.url, each.file, each.alt, each.width, each.height, file))
        if draft.ghost:
            missing.append((key, draft.ghost, draft.ghost_author, draft.root))
    rows.insert_sightings(sightings)
    rows.insert_names(names)
    rows.insert_references(references)
    rows.insert_media(media)
    rows.insert_missing(missing)


def count_new(drafts: list[Draft], done: Stored) -> None:
    changed = sum(draft.old is not None for draft in drafts)
    done.new = len(drafts) - changed
    done.unchanged += changed - done.updated
    for draft in drafts:
        if not draft.old and draft.merged.place >= Place.PAGE:
            done.recovered[Place(draft.merged.place).name.lower()] += 1
