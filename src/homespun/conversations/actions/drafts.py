"""Posts on their way into the database: what each is to be, worked out from all that is known of it, before anything is written."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from homespun.conversations.actions import rows
from homespun.conversations.actions.held import whole_values
from homespun.conversations.actions.merging import Merged, Sight, alone, merged, worth
from homespun.conversations.actions.rows import Held
from homespun.conversations.models import State
from homespun.networks import known, values
from homespun.networks.values import Account, Place

KEPT_ASIDE = (int(Place.LIKE), int(Place.REPOST_TEXT))
ASIDES_OF = "x"  # the network whose archives hold them


class Draft(msgspec.Struct, eq=False, gc=False):
    """One post. `id` is 0 until a new one has its key."""

    merged: Merged
    sights: list[Sight]  # to be written
    old: Held | None = None
    id: int = 0
    author: int | None = None
    parent: int | None = None
    ghost: str = ""  # uri of the parent where it is missing
    root: str = ""  # uri of the root as the network tells it, kept as long as the parent is missing
    ghost_author: int | None = None
    conversation: int = 0
    dropped: bool = False  # sightings aside have to go, since the post itself has turned up
    others: list[Held] = []  # rows of the same post under other names, which it takes in


class Owners:
    """Whose sources are, to read kept records with."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[Account | None, str]] = {}

    def of(self, source: int) -> tuple[Account | None, str]:
        if source not in self.known:
            self.known = {
                key: (Account(uri, handle, name, avatar, network=network) if uri else None, made)
                for key, (uri, handle, name, avatar, network, made) in rows.owners().items()
            }
        return self.known[source]

    def sight(self, network: str, source: int, place: int, raw: bytes, seen: str = "") -> Sight | None:
        """A stored record, parsed again; None where it is damaged or today's parser finds no post in it."""
        owner, made = self.of(source)
        try:
            return Sight(source, known.NETWORKS[network].renewed(raw, Place(place), owner), made, seen)
        except ValueError:  # `Unusable`, or no JSON
            return None

    def stand_in(self, record: "Kept", row: values.Post) -> Sight:
        """What the database knows of a post, in place of a record that can't be read."""
        author = None if record.place in KEPT_ASIDE else row.author
        post = msgspec.structs.replace(row, place=Place(record.place), version=record.version, author=author, raw=record.raw)
        return Sight(record.source, post, self.of(record.source)[1], record.seen)


def by_uri(sights: Iterable[Sight]) -> dict[str, list[Sight]]:
    """Records by the uri of their post; one under another name of a post goes to it, where this batch knows the name."""
    found: dict[str, list[Sight]] = {}
    names: dict[str, str] = {}
    for sight in sights:
        post = sight.post
        if post.uri in found:
            found[post.uri].append(sight)
        else:
            found[post.uri] = [sight]
        for name in post.names:
            names[name] = post.uri
    for name, uri in names.items():
        if name in found and name != uri:
            found.setdefault(uri, []).extend(found.pop(name))
    return found


class Kept(NamedTuple):
    """A sighting that was written before."""

    post: int
    source: int
    place: int
    version: str
    raw: bytes
    seen: str

    @property
    def key(self) -> tuple[int, int, str]:
        return (self.source, self.place, self.version)


def drafted(groups: dict[str, list[Sight]], owners: Owners, *, anew: bool = False) -> tuple[list[Draft], list[int]]:
    """What each post is to be, and the keys of those that stay as they are. `anew` works out those that are held from what is kept."""
    names = {name: uri for uri, sights in groups.items() for sight in sights for name in sight.post.names}
    held = rows.held([*groups, *names])
    if not held:
        return [_new(uri, sights) for uri, sights in groups.items()], []
    known: dict[str, dict[int, Held]] = defaultdict(dict)
    joined: dict[str, list[Sight]] = {}
    for uri, sights in groups.items():
        row = held.get(uri)
        target = row.uri if row and row.uri != uri and row.uri not in names else uri
        joined.setdefault(target, []).extend(sights)
        if row:
            known[target][row.id] = row
    for name, uri in names.items():
        if row := held.get(name):
            target = uri if uri in joined else next((each for each in joined if each == row.uri), uri)
            known[target][row.id] = row
    return _against_held(joined, known, owners, anew)


def _best_of_each_key(sights: list[Sight]) -> list[Sight]:
    """One archive can hold a post in several reposts of it, which differ in how its author was called: the same one is kept of them in
    any order."""
    if len(sights) < 2:
        return sights
    best: dict[tuple[int, int, str], Sight] = {}
    for sight in sights:
        if sight.key not in best or worth(sight) < worth(best[sight.key]):
            best[sight.key] = sight
    return list(best.values())


def _is_better(sight: Sight, kept: Sight) -> bool:
    """Of two records from one place of one source: what a server shows now, unless it is of an older edit; of an archive's the better."""
    return kept.post.edited <= sight.post.edited if sight.seen else worth(sight) < worth(kept)


def _new(uri: str, sights: list[Sight]) -> Draft:
    if len(sights) > 1:
        sights = _best_of_each_key(sights)
        sights = [sight for sight in sights if sight.post.place not in KEPT_ASIDE] or sights
    return Draft(alone(sights[0].post) if len(sights) == 1 and sights[0].post.uri == uri else merged(uri, sights), sights)


def _against_held(
    joined: dict[str, list[Sight]], known: dict[str, dict[int, Held]], owners: Owners, anew: bool
) -> tuple[list[Draft], list[int]]:
    kept: dict[int, list[Kept]] = defaultdict(list)
    for row in rows.sightings({key for each in known.values() for key in each}):
        kept[row[0]].append(Kept(*row))
    drafts: list[Draft] = []
    same: list[int] = []
    for uri, sights in joined.items():
        mine = known.get(uri)
        if not mine:
            drafts.append(_new(uri, sights))
            continue
        draft = _changed(uri, sights, mine, [each for key in mine for each in kept[key]], owners, anew)
        if draft is None:
            same += mine
        else:
            drafts.append(draft)
    return drafts, same


def _is_news(sight: Sight, kept: Kept | None) -> bool:
    """Whether a record says anything that was not known, and is none that its server showed before the one that is kept."""
    if kept is None:
        return True
    return kept.raw != sight.post.raw and not (sight.seen and sight.seen < kept.seen)


def _is_read_otherwise(sight: Sight, row: Held) -> bool:
    """Whether today's parser finds other words in the record than are stored: then all records of the post are parsed again."""
    return sight.post.place == row.place and sight.post.text != row.text


def _changed(uri: str, sights: list[Sight], mine: dict[int, Held], kept: list[Kept], owners: Owners, anew: bool) -> Draft | None:
    """The draft of a post that is held, or None where nothing new is said of it."""
    before = {record.key: record for record in kept}
    sights = _best_of_each_key(sights)
    fresh = [sight for sight in sights if _is_news(sight, before.get(sight.key))]
    if any(key[1] not in KEPT_ASIDE for key in before):
        fresh = [sight for sight in fresh if sight.post.place not in KEPT_ASIDE]
    is_due = anew or any(_is_read_otherwise(sight, row) for sight in sights for row in mine.values())
    if not fresh and len(mine) == 1 and not is_due:
        return None
    every, unread = _reread(next(iter(mine.values())).network, kept, owners)
    fresh = [sight for sight in fresh if sight.key not in every or _is_better(sight, every[sight.key])]
    if not fresh and len(mine) == 1 and not is_due:
        return None
    every = _stand_ins(unread, owners) | every | {sight.key: sight for sight in fresh}
    whole = [sight for sight in every.values() if sight.post.place not in KEPT_ASIDE]
    main = next((row for row in mine.values() if row.uri == uri), None) or min(mine.values())
    if anew:
        main = main._replace(author=None)  # else it would keep a name that nobody tells any more
    draft = Draft(merged(uri, whole or every.values()), fresh, main, main.id)
    if any(row.state == State.WITHDRAWN for row in mine.values()):
        draft.merged.state = int(State.WITHDRAWN)
    draft.dropped = bool(whole) and len(whole) < len(every)
    draft.others = [row for row in mine.values() if row.id != main.id]
    return draft


def _reread(network: str, kept: list[Kept], owners: Owners) -> tuple[dict[tuple[int, int, str], Sight], list[Kept]]:
    """Stored records as posts, and those that can't be read."""
    sights, unread = {}, []
    for record in kept:
        if sight := owners.sight(network, record.source, record.place, record.raw, record.seen):
            sights[sight.key] = sight
        else:
            unread.append(record)
    return sights, unread


def _stand_ins(unread: list[Kept], owners: Owners) -> dict[tuple[int, int, str], Sight]:
    """The post as it is in the database, once for each record of it that can't be read, so that nothing is lost with the record."""
    if not unread:
        return {}
    rows_by_key = whole_values({record.post for record in unread})
    return {record.key: owners.stand_in(record, rows_by_key[record.post]) for record in unread if record.post in rows_by_key}
