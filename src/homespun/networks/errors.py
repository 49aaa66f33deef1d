"""The one exception that leaves this package."""

from homespun.networks.said import Said


class NetworkError(Exception):
    """A sentence that says what cannot be read and what to do; `permanent` where trying again changes nothing."""

    def __init__(self, said: Said, *, permanent: bool = True) -> None:
        super().__init__(said)
        self.said, self.permanent = said, permanent
