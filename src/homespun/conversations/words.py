"""Words as the full-text index keeps them, so that languages written without spaces are found too. Pure; used in writing and in asking."""

import re

# Han, kana, bopomofo, Thai, Lao, Khmer, Myanmar, Tibetan: runs that the index would take for one word each.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+"
)


def cut(text: str) -> str:
    """The text with each run of a script without spaces as overlapping pairs and its last sign; all else as it was."""
    if text.isascii():
        return text
    return UNSPACED.sub(_pairs, text)


def _pairs(run: re.Match[str]) -> str:
    signs = run[0]
    pairs = [signs[place : place + 2] for place in range(len(signs))]
    return f" {' '.join(pairs)} "
