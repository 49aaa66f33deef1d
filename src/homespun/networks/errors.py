"""The one exception that leaves this package."""


class NetworkError(Exception):
    """A sentence that says what cannot be read and what to do; `permanent` where trying again changes nothing."""

    def __init__(self, sentence: str, *, permanent: bool = True) -> None:
        super().__init__(sentence)
        self.permanent = permanent
