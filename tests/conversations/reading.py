"""A page as a tree that answers the few selectors these tests ask: tag, .class, #id, [attribute], descendants and `>`."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.test import Client

VOID = {"area", "br", "hr", "img", "input", "link", "meta", "source", "wbr"}
STEP = re.compile(r"[.#]?[\w-]+|\[[\w-]+(?:=[\w-]+)?\]")


class Part:
    def __init__(self, tag: str, attributes: dict[str, str], above: "Part | None") -> None:
        self.tag, self.attributes, self.above = tag, attributes, above
        self.inside: list[Part | str] = []

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    @property
    def words(self) -> str:
        return " ".join("".join(self.texts()).split())

    def texts(self) -> Iterator[str]:
        for each in self.inside:
            if isinstance(each, str):
                yield each
            else:
                yield from each.texts()

    def __iter__(self) -> Iterator["Part"]:
        for each in self.inside:
            if isinstance(each, Part):
                yield each
                yield from each

    def all(self, selector: str) -> list["Part"]:
        steps = selector.split()
        return [part for part in self if part.fits(steps)]

    def fits(self, steps: list[str]) -> bool:
        if not self.is_a(steps[-1]):
            return False
        if len(steps) == 1:
            return True
        if steps[-2] == ">":
            return self.above is not None and self.above.fits(steps[:-2])
        above = self.above
        while above is not None:
            if above.fits(steps[:-1]):
                return True
            above = above.above
        return False

    def is_a(self, step: str) -> bool:
        return all(self.has(test) for test in STEP.findall(step))

    def has(self, test: str) -> bool:
        if test.startswith("."):
            return test[1:] in self.get("class").split()
        if test.startswith("#"):
            return self.get("id") == test[1:]
        if test.startswith("["):
            name, _, value = test[1:-1].partition("=")
            return name in self.attributes and (not value or self.get(name) == value)
        return self.tag == test


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Part("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        part = Part(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.inside.append(part)
        if tag not in VOID:
            self.here = part

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.here.tag == tag and self.here.above is not None, f"</{tag}> closes <{self.here.tag}>"
            self.here = self.here.above

    def handle_data(self, data: str) -> None:
        self.here.inside.append(data)


def read(content: bytes) -> Part:
    reader = Reader()
    reader.feed(content.decode())
    assert reader.here is reader.root, f"<{reader.here.tag}> is not closed"
    return reader.root


def opened(client: Client, address: str) -> Part:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return read(response.content)


def texts(tree: Part, selector: str) -> list[str]:
    return [each.words for each in tree.all(selector)]
