"""ActivityPub objects, as servers of all kinds really write them, as frozen values. Pure.

Whose word an object is, is for the reader to know: it takes each from its own host (FEP-fe34). What is held against the object itself
here: author and url have to be of its host.
"""

import html
from itertools import chain
from typing import Any

from homespun.networks import tolerant
from homespun.networks.errors import Unusable
from homespun.networks.mastodon import actors, pictures
from homespun.networks.mastodon.properties import Thing, id_of, kinds, language_text, links, several, things
from homespun.networks.mastodon.statuses import choices, packed
from homespun.networks.mastodon.values import NAME, URI, address, count, edited_ms, kept, ms_of, readable, same_host
from homespun.networks.mastodon.words import is_bomb, unquoted, with_breaks, words
from homespun.networks.said import said as _
from homespun.networks.values import Account, Place, Post, Reference, Visibility

PUBLIC = {"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"}
WRITTEN = {"Note", "Question"}  # a summary is a warning
TITLED = {"Article", "Page", "Event", "Video", "Audio", "Image", "Document"}  # has a title, and a summary sums up
WRAPPING = {"Create", "Update"}
PLAIN = {"text/plain", "text/markdown"}
QUOTES_IN_ORDER = ("quote", "quoteUrl", "quoteUri", "_misskey_quote")
QUOTES = frozenset(QUOTES_IN_ORDER)
USUAL_TAGS = ("Mention", "Hashtag", "Emoji")
QUOTE_RELS = {"https://misskey-hub.net/ns#_misskey_quote", "https://w3id.org/fep/044f#quote"}
AS = "application/activity+json"


def post_of(record: bytes, place: Place) -> Post:
    """Raises `Unusable`."""
    raw = tolerant.loosely(record)
    if not isinstance(raw, dict):
        raise Unusable(_("It was left out: it is no post."))
    return post(raw, record, place)


def post(raw: Thing, record: bytes, place: Place) -> Post:
    """An object, or the Create or Announce around it. Raises `Unusable`."""
    if "Announce" in kinds(raw):
        return repost(raw, record, place)
    thing = unwrapped(raw)
    kind = kind_of(thing)
    uri = uri_of(thing)
    author = author_of(thing, uri)
    published = ms_of(thing.get("published")) // 1000 * 1000
    edited = 0 if kind == "Video" else edited_ms(thing.get("updated"), published)
    content, lang = content_of(thing, kind)
    quoted = references(thing, uri)
    if quoted and "quote-inline" in content:
        content = unquoted(content)
    content = with_breaks(content) if kind in WRITTEN else content
    url = readable(url_of(thing), uri)
    parent = id_of(thing.get("inReplyTo"))
    return Post(
        uri,
        url,
        author,
        published,
        words(content, has_lines=kind in WRITTEN),
        kept(lang or told_language(raw) or told_language(thing), 12),
        parent if parent != uri else "",
        answered(thing, parent),
        "" if is_bomb(content) else content,
        place,
        visibility(thing, raw),
        str(edited) if edited else "",
        edited,
        (url,) if url != uri and len(url) <= URI and same_host(url, uri) else (),
        quoted,
        tuple(pictures.of(thing, kind, is_own=place == Place.OWN)),
        packed(record),
        "mastodon",
        warning_of(thing, kind),
        replies(thing),
        mentions(thing),
    )


def repost(raw: Thing, record: bytes, place: Place) -> Post:
    uri, target = uri_of(raw), id_of(raw.get("object"))
    if not target:
        raise Unusable(_("It was left out: it reposts nothing that can be named."))
    return Post(
        uri=uri,
        url=uri,
        author=author_of(raw, uri),
        published=ms_of(raw.get("published")) // 1000 * 1000,
        text="",
        place=place,
        visibility=visibility(raw, {}),
        references=(Reference("repost", target),),
        raw=packed(record),
        network="mastodon",
    )


def unwrapped(raw: Thing) -> Thing:
    """What a Create is about; it has to be of the same host, and takes its audience where it says none itself."""
    if not WRAPPING.intersection(kinds(raw)):
        return raw
    found = things(raw.get("object"))
    inside = found[0] if found else None
    if inside is None:
        raise Unusable(_("It was left out: it only names a post that is elsewhere."))
    if not same_host(str(inside.get("id")), str(raw.get("id") or inside.get("id"))):
        raise Unusable(_("It was left out: it passes on a post of another server."))
    told: Thing = {key: raw[key] for key in ("to", "cc", "published") if key in raw and not inside.get(key)}
    if not inside.get("attributedTo"):
        told["attributedTo"] = raw.get("actor")
    return inside | told


def kind_of(thing: Thing) -> str:
    told = kinds(thing)
    found = next((each for each in told if each in WRITTEN or each in TITLED), "")
    if "Tombstone" in told:
        raise Unusable(_("It was deleted."))
    if not found:
        raise Unusable(_("It was left out: it is no post but “%(kind)s”.", kind=(told[0] if told else "?")[:40]))
    if found == "Note" and thing.get("name") and not thing.get("content") and thing.get("inReplyTo") and not thing.get("contentMap"):
        raise Unusable(_("It was left out: it is a vote in a poll."))
    return found


def uri_of(thing: Thing) -> str:
    if uri := address(thing.get("id"), URI):
        return uri
    raise Unusable(_("It was left out: it has no id."))


def author_of(thing: Thing, uri: str) -> Account:
    """Who wrote it, who has to be of the same host; of several the first person."""
    who = thing.get("attributedTo") or thing.get("actor")
    if isinstance(who, str) and same_host(who, uri) and (found := address(who, URI)):
        return actors.account_by_id(found)
    told = [each for each in several(who) if id_of(each)]
    told.sort(key=lambda each: isinstance(each, dict) and "Group" in kinds(each))
    if not told:
        raise Unusable(_("It was left out: it does not say who wrote it."))
    if not same_host(id_of(told[0]), uri):
        raise Unusable(_("It was left out: it says that somebody of another server wrote it."))
    return actors.account_of(told[0] if isinstance(told[0], dict) else {"id": told[0]})


def content_of(thing: Thing, kind: str) -> tuple[str, str]:
    """HTML and its language: title, words, what can be chosen in a poll, what is attached and neither seen nor heard."""
    content, lang = language_text(thing, "content")
    if not content:
        content = source_of(thing)
    elif str(thing.get("mediaType")) in PLAIN:
        content = in_paragraphs(content)
    if kind in TITLED:
        summary, summary_lang = language_text(thing, "summary")
        content = content if content and is_warned(thing) else with_summary(content, summary)
        lang = lang or summary_lang
    title, title_lang = language_text(thing, "name")
    if title:
        content, lang = f"<h2>{html.escape(words(title), quote=False)}</h2>{content}", lang or title_lang
    content += choices([option_title(each) for each in chain(things(thing.get("oneOf")), things(thing.get("anyOf")))])
    for each in things(thing.get("attachment")):
        content += attached(each, content)
    return content, lang


def option_title(option: Thing) -> str:
    """ "" for one that has none: it is an option all the same."""
    name, _lang = language_text(option, "name")
    return kept(name or words(language_text(option, "content")[0]), NAME)


def source_of(thing: Thing) -> str:
    source = thing.get("source")
    told = source.get("content") if isinstance(source, dict) else source
    return in_paragraphs(told) if isinstance(told, str) else ""


def in_paragraphs(text: str) -> str:
    """Plain text as HTML that keeps its lines."""
    parts = [html.escape(part, quote=False).replace("\n", "<br>") for part in text.replace("\r\n", "\n").split("\n\n")]
    return "".join(f"<p>{part}</p>" for part in parts if part)


def with_summary(content: str, summary: str) -> str:
    """What a summary says before what it sums up, where it is more than the beginning of that."""
    told = words(summary)
    begins = told.rstrip("…. ")
    return content if not told or begins in words(content) else f"<p>{html.escape(told, quote=False)}</p>{content}"


def attached(each: Thing, content: str) -> str:
    """Links, files to read and notes that are attached, as HTML; pictures, films and sounds have a place of their own."""
    if pictures.attached(each):
        return ""
    note, _lang = language_text(each, "content")
    if note and WRITTEN.intersection(kinds(each)):
        return f"<blockquote>{note}</blockquote>"
    link = next((link for link, _kind, _told in links([each])), "")
    shown = html.escape(link)
    if not link or shown in content:
        return ""
    return f'<p><a href="{shown}">{html.escape(words(language_text(each, "name")[0]) or link, quote=False)}</a></p>'


def url_of(thing: Thing) -> str:
    """Where a person reads it."""
    told = thing.get("url")
    if isinstance(told, str):
        return address(told)
    found = links(told)
    pages = [link for link, kind, _told in found if kind == "text/html"] + [link for link, kind, _told in found if not kind]
    return pages[0] if pages else ""


def told_language(thing: Thing) -> str:
    told = thing.get("language")
    if isinstance(told, dict):
        told = told.get("identifier")
    if not isinstance(told, str):
        told = next((each.get("@language") for each in things(thing.get("@context")) if each.get("@language")), "")
    return told if isinstance(told, str) and told != "und" else ""


def visibility(thing: Thing, around: Thing) -> Visibility:
    to = {each for each in map(audience, several(thing.get("to"))) if each}
    if PUBLIC & to:
        return Visibility.PUBLIC
    cc = {each for each in map(audience, several(thing.get("cc"))) if each}
    if PUBLIC & cc:
        return Visibility.UNLISTED
    return Visibility.FOLLOWERS if any(each.rstrip("/").endswith("/followers") for each in to | cc) else Visibility.DIRECT


def audience(value: Any) -> str:
    return value if isinstance(value, str) else id_of(value)


def answered(thing: Thing, parent: str) -> Account | None:
    """Whose the parent is, where its id begins with that of somebody who is mentioned."""
    if not parent:
        return None
    for each in things(thing.get("tag")):
        who = address(each.get("href"), URI) if "Mention" in kinds(each) else ""
        if who and parent.startswith(f"{who.rstrip('/')}/"):
            return actors.mentioned(who, each.get("name"))
    return None


def mentions(thing: Thing) -> tuple[str, ...]:
    named = [address(each.get("href"), URI) for each in things(thing.get("tag")) if "Mention" in kinds(each)]
    return tuple(dict.fromkeys(each for each in named if each))


def references(thing: Thing, uri: str) -> tuple[Reference, ...]:
    found = ""
    if not QUOTES.isdisjoint(thing):
        found = next((told for key in QUOTES_IN_ORDER if (told := id_of(thing.get(key)))), "")
    if not found and (tags := thing.get("tag")):
        found = next((id_of(each) for each in things(tags) if each.get("type") not in USUAL_TAGS and quotes(each)), "")
    return (Reference("quote", found),) if found and found != uri else ()


def quotes(tag: Thing) -> bool:
    """FEP-e232."""
    if "Link" not in kinds(tag):
        return False
    rels = {str(each) for each in several(tag.get("rel"))}
    kind = str(tag.get("mediaType") or "")
    return bool(rels & QUOTE_RELS) or kind.startswith(("application/ld+json", AS))


def warning_of(thing: Thing, kind: str) -> str:
    if kind in TITLED and not is_warned(thing):
        return ""
    summary = language_text(thing, "summary")[0]
    return words(summary) if summary else ""


def is_warned(thing: Thing) -> bool:
    return thing.get("sensitive") is True


def replies(thing: Thing) -> int:
    told = thing.get("replies")
    return count(told.get("totalItems")) if isinstance(told, dict) else 0
