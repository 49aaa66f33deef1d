"""Words between their forms: plain text to html and back, and where an account can be looked at."""

import re
from collections.abc import Iterable
from html import escape

from homespun.core.html import plain

__all__ = ["ADDRESS", "account_address", "paragraphs", "plain", "runs"]

ADDRESS = re.compile(r"https?://[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]}…]", re.IGNORECASE)


def paragraphs(text: str) -> str:
    """What somebody wrote as plain text, as html: nothing in it is markup, blank lines part paragraphs, addresses are links."""
    parts = re.split(r"\n\s*\n", text.strip())
    return "".join(f"<p>{_lines(part)}</p>" for part in parts if part.strip())


def _lines(text: str) -> str:
    return "<br>".join(_linked(line) for line in text.split("\n"))


def _linked(line: str) -> str:
    html, end = "", 0
    for found in ADDRESS.finditer(line):
        address = escape(found.group())
        html += escape(line[end : found.start()]) + f'<a href="{address}" rel="nofollow noopener ugc">{address}</a>'
        end = found.end()
    return html + escape(line[end:])


def runs(numbers: Iterable[int]) -> str:
    """Numbers that go up, as one says them: 2, 4–7, 12."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{part[0]}–{part[-1]}" if len(part) > 2 else ", ".join(map(str, part)) for part in parts)


def account_address(uri: str, network: str, handle: str) -> str:
    """A page about an account that a browser can open."""
    if network == "x" and handle:
        return f"https://x.com/{handle}"
    return web_address(uri)


def web_address(address: str) -> str:
    """The address, if it is one that a browser opens without running anything: what a network or an older version left is not trusted."""
    return address if address.startswith(("https://", "http://")) else ""
