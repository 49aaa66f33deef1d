"""What a text will be sent as, shown before it is sent."""

from dataclasses import dataclass

from homespun.conversations.writing.pens import Pen


@dataclass(frozen=True)
class PreviewPart:
    text: str
    length: int  # as the network counts it, with the warning


@dataclass(frozen=True)
class Preview:
    """The posts that one account will send, each exactly as it goes out."""

    pen: Pen
    parts: list[PreviewPart]
    is_changed: bool  # whether anything is sent otherwise than it was typed

    @classmethod
    def of(cls, pen: Pen, parts: list[str], text: str, warning: str) -> "Preview":
        return cls(pen, [PreviewPart(part, pen.length(part, warning)) for part in parts], parts != [text])
