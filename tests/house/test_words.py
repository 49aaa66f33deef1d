"""Every word of a page goes through gettext, so that a catalogue is all that another language needs."""

import re
from html.parser import HTMLParser
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "homespun"
TRANSLATED = re.compile(r"{% blocktrans(?:late)?\b.*?{% endblocktrans(?:late)? %}", re.DOTALL)
COMMENT = re.compile(r"{% comment .*?{% endcomment %}|{#.*?#}", re.DOTALL)
CODE = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
READ = {"title", "alt", "aria-label", "placeholder", "aria-description", "aria-roledescription", "data-confirm"}
UNSPOKEN = {"script", "style", "svg", "code", "kbd"}
ATTRIBUTES = re.compile(r"{% block \w*(?:attributes|class|place)\w* %}.*?{% endblock %}", re.DOTALL)  # of what another template opens
SAME_EVERYWHERE = {"Homespun", "https", "name"}  # what it is called, how an address begins, how @name is written
SAME_EVERYWHERE |= {"Mastodon", "Bluesky"}  # names of networks
WORD = re.compile(r"[^\W\d_]{2,}")


class Texts(HTMLParser):
    """What is read of a page: texts, and the attributes that are read aloud or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSPOKEN:
            self.inside.append(tag)
        self.found += [value for name, value in attrs if value and name in READ]

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found.append(data)


def words(source: str) -> list[str]:
    for pattern in (COMMENT, ATTRIBUTES, TRANSLATED, CODE):
        source = pattern.sub(" ", source)
    texts = Texts()
    texts.feed(source)
    return [word for text in texts.found for word in WORD.findall(text) if word not in SAME_EVERYWHERE]


def test_no_template_holds_words_that_cannot_be_translated() -> None:
    files = [path for path in PACKAGE.rglob("templates/**/*.html") if path.parent.name != "specimens"]  # those show made-up words
    found = {str(path.relative_to(PACKAGE)): words(path.read_text()) for path in files}
    assert {name: each for name, each in found.items() if each} == {}
