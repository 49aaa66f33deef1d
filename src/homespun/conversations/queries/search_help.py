"""The syntax of the search, a line each: for the search page, `homespun search --help`, and a test that docs/search.md has them all."""

from django.utils.translation import gettext_noop

SYNTAX = (
    ("java python", gettext_noop("posts with both words; capitals and accents make no difference")),
    ("java OR python", gettext_noop("posts with either word")),
    ("java -oracle", gettext_noop("posts with “java” but without “oracle”; works with quotes and operators too")),
    ('"java and python"', gettext_noop("posts with exactly these words in this order")),
    ("#infosec", gettext_noop("posts with this hashtag; without the # the plain word is found too")),
    ("@maplehall", gettext_noop("posts that mention this name")),
    ("from:maplehall", gettext_noop("posts by this account; from:us for your own")),
    ("to:maplehall", gettext_noop("replies to this account, and posts that mention it; to:us for your own")),
    ("since:2022-04-15", gettext_noop("posts from this day on (also after:)")),
    ("until:2022-04-16", gettext_noop("posts before this day, which is not included (also before:)")),
    ("has:picture", gettext_noop("posts with a picture, video or sound")),
    ("has:link", gettext_noop("posts with a link")),
    (
        "https://example.org/page",
        gettext_noop("opens a post with this address, or finds posts that link to it; https:// and www. can be left out"),
    ),
    ("C++ .NET 💕", gettext_noop("signs and emoji are found as they are written; an emoji is found in any skin tone")),
)
