"""Reads a page in the few ways that these tests need: by tag and class, and its words."""

from __future__ import annotations

from collections.abc import Iterator

from django.test.html import Element, parse_html


class Part:
    def __init__(self, element: Element) -> None:
        self.element = element
        self.attributes = {name: value or "" for name, value in element.attributes}

    @classmethod
    def of(cls, content: bytes) -> Part:
        return cls(parse_html(content.decode().partition("<!doctype html>")[2] or content.decode()))

    def __iter__(self) -> Iterator[Part]:
        """This part and all inside it, in reading order."""
        yield self
        for child in self.element.children:
            if isinstance(child, Element):
                yield from Part(child)

    def find(self, tag: str = "", **attributes: str) -> list[Part]:
        """Parts with this tag whose attributes hold these words; `class_` for class."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            part
            for part in self
            if (not tag or part.element.name == tag)
            and all(value in part.attributes.get(name, "").split() for name, value in wanted.items())
        ]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.texts()).split())

    def texts(self) -> Iterator[str]:
        for child in self.element.children:
            if isinstance(child, Element):
                yield from Part(child).texts()
            else:
                yield child
