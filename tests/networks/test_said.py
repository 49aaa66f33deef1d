"""Sentences of networks: English to read, and all that another language needs."""

import pytest

from homespun.networks import Said, said


@pytest.mark.parametrize(
    ("made", "read", "kept"),
    [
        (said("It is empty."), "It is empty.", "It is empty."),
        (said("100 % of it"), "100 % of it", "100 % of it"),
        (said("“%(name)s” is empty.", name="50%.zip"), "“50%.zip” is empty.", ["“%(name)s” is empty.", {"name": "50%.zip"}]),
    ],
)
def test_sentence_reads_as_english_and_can_be_kept(made: Said, read: str, kept: object) -> None:
    assert (made, made.kept()) == (read, kept)
    again = Said.again(made.kept())
    assert (again, again.sentence, again.values) == (made, made.sentence, made.values)
