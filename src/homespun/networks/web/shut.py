"""Sites that show nothing to others: they are not asked, and what helps is said instead."""

from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.web.addresses import host_of

X = _(
    "X shows nothing to others. Save the page in your browser and drop the file here, paste what “Embed post” gives, or paste the"
    " address that the page has in the web archive."
)
SHUT: dict[str, Said] = {"x.com": X, "twitter.com": X}


def refusal(url: str) -> Said | None:
    """Why this address is not asked; None for one that is."""
    host = host_of(url)
    return SHUT.get(host.removeprefix("mobile."))
