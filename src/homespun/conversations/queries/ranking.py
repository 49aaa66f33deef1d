"""Posts in order of how much they make of the words that were looked for."""

from collections.abc import Sequence

from homespun.conversations.queries.folding import Find
from homespun.conversations.queries.texts import folded


def best_first(keys: Sequence[int], finds: Sequence[Find]) -> list[int]:
    """BM25 over the texts of these posts. As each has what was looked for, no word counts as rarer than another.

    FTS5's own bm25() goes through all places of each word in the whole index first, which for a common word takes longer than this.
    """
    texts = folded(keys)
    usual = sum(map(len, texts.values())) / max(len(texts), 1)
    scores = {
        key: sum(weight(sum(1 for _ in find.spans(text)), len(text) / usual) for find in finds) for key, text in texts.items() if text
    }
    return sorted(scores, key=lambda key: (-scores[key], -key))


def weight(times: int, length: float) -> float:
    """What a word tells that stands so many times in a text of that length (1 is usual)."""
    return times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length))
