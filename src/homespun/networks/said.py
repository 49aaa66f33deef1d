"""What a network says to a person: a sentence in English that remembers what it is made of, so that the rooms above can say it in another
language. Networks know no Django, and so no catalogue; they mark their sentences with `said as _`, which `makemessages` looks for.
"""

from typing import Any, Self

Value = str | int
Kept = str | list[Any]  # as JSON: the sentence, and after it the values where there are some


class Said(str):
    """The finished sentence; `sentence` has `%(name)s` where `values` stand in it."""

    sentence: str
    values: dict[str, Value]

    def __new__(cls, sentence: str, values: dict[str, Value] | None = None) -> Self:
        made = super().__new__(cls, sentence % values if values else sentence)
        made.sentence, made.values = str(sentence), values or {}
        return made

    def kept(self) -> Kept:
        """To be written down."""
        return [self.sentence, self.values] if self.values else self.sentence

    @classmethod
    def again(cls, kept: Kept) -> Self:
        """What was written down."""
        return cls(kept) if isinstance(kept, str) else cls(*kept)


def said(sentence: str, **values: Value) -> Said:
    """`_("“%(name)s” is empty.", name=path.name)`"""
    return Said(sentence, values)
