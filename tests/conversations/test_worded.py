"""What a network said, in another language."""

import pytest

from homespun.conversations import worded
from homespun.networks import Said, said

WELSH = {"“%(name)s” is empty.": "Mae “%(name)s” yn wag."}


def test_sentence_is_said_in_the_readers_language_with_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worded, "gettext", lambda sentence: WELSH.get(sentence, sentence))
    sentences = [said("“%(name)s” is empty.", name="50%.zip"), said("It is empty."), Said("")]
    assert [worded.worded(each) for each in sentences] == ["Mae “50%.zip” yn wag.", "It is empty.", ""]
