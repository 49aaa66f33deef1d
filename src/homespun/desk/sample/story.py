"""What the sample's story says between the posts. Made up, like the posts."""

from dataclasses import dataclass

TITLE = "The note in the returns box"
INTRODUCTION = (
    "<p>A library opened a box of small wooden stiles, and said thank you to whoever had made it. This is what came of the thank-you: "
    "a slip with a misprint, twelve ten-year-olds, and a rescue boat with half a table in it.</p>"
)
TAGS = ["handing over", "libraries", "overthestile"]
COVER_ALT = "A wooden stile between two fields; a red thread runs over it and down the hill."
COVER_CAPTION = "Drawn for this story."
ABOUT = "Makes small wooden stiles, and collects what people put on the slips."
VIDEO = "https://video.example/watch/the-stile-and-the-puppets"


@dataclass(frozen=True)
class Told:
    """Narration between the posts."""

    html: str


@dataclass(frozen=True)
class Said:
    """A post, by its key in the sample."""

    key: str


@dataclass(frozen=True)
class Shown:
    """The film."""

    title: str
    caption: str
    picture: str
    alt: str


ITEMS: list[Told | Said | Shown] = [
    Told(
        "<p>I sell a box of stiles. You lay a path from one side of a table to the other, and at each stile somebody says what would "
        "help them over. I hardly ever learn where the boxes go. On a Monday in October 2017 I searched for the name of the game, as "
        "one does with cold tea, and somebody in Marrowby had joined that very morning.</p>"
    ),
    Said("r1"),
    Said("r2"),
    Said("r3"),
    Told("<p>Then the nobody himself came in from behind the atlases. <em>This</em> is why I like to be talked to in public.</p>"),
    Said("r4"),
    Said("r5"),
    Told(
        "<p>Of what I answered in that November nothing is left in my own archive: the whole month is not in it. One answer is here "
        "because Bryony passed it on to her readers, and so it came back to me in hers, six years later.</p>"
    ),
    Said("r7"),
    Shown(
        "The stile and the puppets",
        "Two minutes, with glove puppets, since nobody else would be filmed.",
        "puppets",
        "Two glove puppets look over a wooden stile at each other.",
    ),
    Said("r12"),
    Said("r14"),
    Said("r15"),
    Told(
        "<p>I had made it for people who hand over work. That one can hand over a <strong>first week</strong>, I was told by ten-year-olds."
        "</p>"
    ),
    Said("w1"),
    Said("w2"),
    Said("w6"),
    Told(
        "<p>They have met every year since, and I am needed for nothing, which is the best that can happen to somebody who makes things. "
        "What I could do was to say thank you, to everybody who writes under one word.</p>"
    ),
    Said("t1"),
]
