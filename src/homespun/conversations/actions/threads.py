"""Who answers whom: parents found, orphans adopted, conversations joined and, where something is taken out again, parted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from homespun.conversations.actions import indexing, rows, thread_rows
from homespun.conversations.actions.drafts import KEPT_ASIDE, Draft
from homespun.conversations.actions.joining import Groups

Place = tuple[str, int | str]  # ("c", conversation), ("p", key of a draft), ("g", uri of a ghost)


class Weaving:
    """One batch of drafts on its way into the conversations."""

    def __init__(self, drafts: list[Draft]) -> None:
        self.drafts = drafts
        self.here: dict[str, Draft] = {}
        for draft in drafts:
            for name in draft.merged.names:
                self.here[name] = draft
        for draft in drafts:
            self.here[draft.merged.uri] = draft
        self.groups = Groups()
        self.found: dict[str, tuple[int, int, int | None, str]] = {}  # parents that are held already
        self.touched: set[int] = set()  # conversations to be counted anew
        self.parted: set[int] = set()  # conversations that may have come apart
        self.adopted: list[tuple[int, int]] = []
        self.made: list[tuple[int, list[Draft]]] = []

    def find_parents(self) -> None:
        asked = {uri for draft in self.drafts for uri in (draft.merged.parent, draft.merged.root) if uri}
        held = rows.parents(asked - self.here.keys()) if asked else {}
        self.found = held
        for draft in self.drafts:
            uri = draft.merged.parent
            if not uri:
                continue
            if parent := self.here.get(uri):
                if parent is not draft:
                    draft.parent = parent.id
            elif uri in held:
                draft.parent = held[uri][0]
            else:
                draft.ghost = uri
                draft.root = draft.merged.root if draft.merged.root not in (uri, draft.merged.uri) else ""
        self._mark_parted()

    def _mark_parted(self) -> None:
        changed = {draft.id: draft for draft in self.drafts if draft.old}
        if not changed:
            return
        ghosts = thread_rows.ghosts_of(changed)
        for draft in changed.values():
            assert draft.old is not None
            was_ghost, was_root = ghosts.get(draft.id, ("", ""))
            lost_parent = draft.old.parent is not None and draft.old.parent != draft.parent
            lost_ghost = was_ghost and was_ghost != draft.merged.parent
            if lost_parent or lost_ghost or was_root != draft.root:
                self.parted.add(draft.old.conversation)

    def name_authors(self) -> list[indexing.Entry]:
        """Whose words kept aside are is known from what answers them. Gives what the index held of those that were there already."""
        for draft in self.drafts:
            parent = self.here.get(draft.merged.parent) if draft.ghost_author else None
            if parent and parent.author is None and parent is not draft:
                self._name(parent, draft.ghost_author)
        nameless = [draft for draft in self.drafts if draft.author is None]
        if nameless:
            claimed = thread_rows.claimed(draft.merged.uri for draft in nameless)
            for draft in nameless:
                author = draft.old.author if draft.old and draft.old.author else claimed.get(draft.merged.uri)
                if author and draft.author is None:
                    self._name(draft, author)
        unknown = {key: draft.ghost_author for draft in self.drafts for key in self._nameless_parent(draft) if draft.ghost_author}
        if not unknown:
            return []
        before = indexing.entries(unknown)
        thread_rows.name_authors([(author, key) for key, author in unknown.items()])
        self.touched |= {row[1] for row in self.found.values() if row[0] in unknown}
        return before

    def _name(self, draft: Draft, author: int | None) -> None:
        draft.author = author

    def _nameless_parent(self, draft: Draft) -> list[int]:
        row = self.found.get(draft.merged.parent)
        return [row[0]] if row and row[2] is None and row[0] == draft.parent else []

    def join(self) -> None:
        """Which conversation each draft is in; conversations that meet become one."""
        groups = self.groups
        named = {uri for draft in self.drafts for uri in (draft.ghost, draft.root) if uri}
        for draft in self.drafts:
            place = ("p", draft.id)
            if draft.old:
                groups.join(("c", draft.old.conversation), place)
            for other in draft.others:
                groups.join(("c", other.conversation), place)
            if draft.ghost:
                groups.join(("g", draft.ghost), place)
                if draft.root:
                    groups.join(self._place_of(draft.root), place)
            elif draft.parent is not None:
                groups.join(self._place_of(draft.merged.parent), place)
        ours = {draft.id for draft in self.drafts}
        asked = [*self.here, *named]
        for child, uri, root, conversation in thread_rows.waiting(asked):
            groups.join(self._place_of(uri), ("c", conversation))
            if (parent := self.here.get(uri)) and child not in ours:
                self.adopted.append((parent.id, child))
                if root:  # it hung on the root as well, which holds no longer
                    self.parted.add(conversation)
        for root, conversation in thread_rows.waiting_under(asked):
            groups.join(self._place_of(root), ("c", conversation))
        self._settle()

    def _place_of(self, uri: str) -> Place:
        if draft := self.here.get(uri):
            return ("p", draft.id)
        return ("c", self.found[uri][1]) if uri in self.found else ("g", uri)

    def _settle(self) -> None:
        members: dict[object, list[Draft]] = defaultdict(list)
        for draft in self.drafts:
            members[self.groups.find(("p", draft.id))].append(draft)
        known: dict[object, list[int]] = defaultdict(list)
        for thing in list(self.groups.above):
            assert isinstance(thing, tuple)
            if thing[0] == "c":
                known[self.groups.find(thing)].append(thing[1])
        sizes = thread_rows.sizes({key for keys in known.values() for key in keys})
        merges: list[tuple[int, int]] = []
        for root, keys in known.items():
            keep = min(keys, key=lambda key: (-sizes.get(key, 0), key))
            merges += [(key, keep) for key in keys if key != keep]
            self.touched.add(keep)
            for draft in members.pop(root, ()):
                draft.conversation = keep
        gone = dict(merges)
        self.touched -= gone.keys()
        self.parted = {gone.get(key, key) for key in self.parted}
        thread_rows.merge_conversations(merges)
        for drafts in members.values():
            key = min(draft.id for draft in drafts)
            for draft in drafts:
                draft.conversation = key
            self.made.append((key, drafts))

    def finish(self, own: set[int]) -> None:
        """After the posts are written: orphans adopted, conversations counted and, where an answer was to something else, parted."""
        thread_rows.adopt(self.adopted)
        taken = thread_rows.sizes(key for key, _ in self.made)
        fresh = [
            (
                key,
                max(draft.id for draft in drafts),
                len(drafts),
                sum(draft.author in own for draft in drafts),
                len({draft.author for draft in drafts}),
                len(self._missing(drafts)),
            )
            for key, drafts in self.made
            if key not in taken
        ]
        thread_rows.insert_conversations(sorted(fresh))
        thread_rows.unalias(key for key, *_ in fresh)
        thread_rows.refresh_conversations({*self.touched, *taken})
        part(self.parted)

    def _missing(self, drafts: list[Draft]) -> set[str]:
        """Ghosts, and the roots that are told of and held nowhere."""
        ghosts = {draft.ghost for draft in drafts if draft.ghost}
        return ghosts | {draft.root for draft in drafts if draft.root and self._place_of(draft.root)[0] == "g"}


def part(conversations: Iterable[int]) -> None:
    """Give a conversation of its own to each part of those that have come apart. The largest part keeps the address."""
    conversations = set(conversations)
    if not conversations:
        return
    members: dict[int, list[tuple[int, int | None, str | None, str | None]]] = defaultdict(list)
    for key, parent, ghost, root, conversation in thread_rows.members(conversations):
        members[conversation].append((key, parent, ghost, root))
    roots = rows.parents({root for posts in members.values() for *_, root in posts if root})
    touched = set(conversations)
    moves: list[tuple[int, int]] = []
    for posts in members.values():
        groups = Groups()
        for key, parent, ghost, root in posts:
            if parent is not None:
                groups.join(("p", parent), ("p", key))
            if ghost is not None:
                groups.join(("g", ghost), ("p", key))
            if root:
                groups.join(("p", roots[root][0]) if root in roots else ("g", root), ("p", key))
        parts: dict[object, list[int]] = defaultdict(list)
        for key, *_ in posts:
            parts[groups.find(("p", key))].append(key)
        ordered = sorted(parts.values(), key=lambda keys: (-len(keys), min(keys)))
        for keys in ordered[1:]:
            fresh = thread_rows.free_conversation(min(keys))
            touched.add(fresh)
            moves += [(fresh, key) for key in keys]
    thread_rows.move_to_conversations(moves)
    thread_rows.refresh_conversations(touched)


def move_posts(others: Sequence[int], key: int) -> None:
    """Let what hangs on other rows of the same post hang on this one, and throw them away."""
    thread_rows.repoint(others, key)
    rows.delete_posts(others)


def drop_asides(keys: Sequence[int]) -> None:
    """The post itself has turned up: words of it that were kept aside are no longer how it was seen."""
    thread_rows.delete_sightings_in(keys, KEPT_ASIDE)


def move_account(old: int, new: int) -> None:
    """Let everything by one account be by another, in the index too."""
    keys = thread_rows.posts_by(old)
    indexed = {*keys, *thread_rows.replies_to(old)}
    before = indexing.entries(indexed)
    thread_rows.change_author(old, new)
    after = indexing.entries(indexed)
    indexing.take(before)
    indexing.put(after)
    thread_rows.refresh_conversations(thread_rows.conversations_of(keys))
