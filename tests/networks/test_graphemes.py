"""What a person sees as one letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.networks.graphemes import graphemes, length

CLUSTERS = {
    "accents": ["e\u0301", "a\u0308\u0323"],
    "a line end": ["a", "\r\n", "\n", "b"],
    "a family": ["\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "!"],
    "a hand in a colour": ["\U0001f44b\U0001f3fd", "\U0001f44b"],
    "flags": ["\U0001f1eb\U0001f1f7", "\U0001f1e9\U0001f1ea", "\U0001f1ec"],
    "the flag of Scotland": ["\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"],
    "a keycap": ["1\ufe0f\u20e3"],
    "Korean": ["\u1112\u1161\u11ab", "글"],
    "Thai": ["กำ", "น้"],
    "a joiner between letters": ["a\u200d", "b"],
}


@pytest.mark.parametrize("name", CLUSTERS)
def test_clusters_are_told_apart(name: str) -> None:
    assert list(graphemes("".join(CLUSTERS[name]))) == CLUSTERS[name]
    assert length("".join(CLUSTERS[name])) == len(CLUSTERS[name])


@given(st.text(max_size=60))
def test_clusters_joined_give_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text
