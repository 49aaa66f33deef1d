"""Text of other people can't steer the terminal that shows it."""

import json

import pytest

from homespun.core.terminal import one_line, printable, printable_json

HOSTILE = "\x1b[2J\x9b31m\x07\r\x7f\u202eevil\u2066\u2028"


def test_control_characters_become_visible() -> None:
    assert printable(HOSTILE) == "␛[2J�31m␇␍␡�evil��"


def test_lines_tabs_and_other_scripts_stay_as_they_are() -> None:
    text = "One\tline\nשלום \u200f 👩\u200d🔬 e\u0301"
    assert printable(text) == text


@pytest.mark.parametrize("control", [chr(code) for code in (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))])
def test_no_control_character_is_left_in_a_line(control: str) -> None:
    assert control not in one_line(f"a{control}b") or control == " "


def test_json_means_the_same_without_control_characters() -> None:
    text = printable_json(json.dumps({"text": HOSTILE}, ensure_ascii=False))
    assert printable(text) == text
    assert json.loads(text) == {"text": HOSTILE}
