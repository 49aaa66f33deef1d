"""Which html may stand in the product: one policy, shared with the editor."""

import nh3

TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "code"}


def clean(html: str) -> str:
    """The html without anything that runs, loads or styles. Addresses of the web, of mail and of this page only."""
    return nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel="nofollow noopener")
