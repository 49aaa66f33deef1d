"""What can go wrong: `NetworkError` leaves this package, `Unusable` tells its readers of one record."""

from homespun.networks.said import Said


class NetworkError(Exception):
    """A sentence that says what cannot be read and what to do; `permanent` where trying again changes nothing."""

    def __init__(self, said: Said, *, permanent: bool = True) -> None:
        super().__init__(said)
        self.said, self.permanent = said, permanent


class NotAnExport(NetworkError):
    """Nothing in the file can be imported; the sentence says what it is and what to do instead."""


class SignedOut(NetworkError):
    """The server no longer takes the secret of a connected account: it is to be connected again."""


class Foreign(NetworkError):
    """What stands there looked like this network's and is not: another that knows the address may be asked."""


class Unusable(ValueError):
    """A record that is no post which can be kept; `said` tells a person why."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


class UnreadableRecord(Unusable):
    """A stored record is damaged: its bytes can't be turned back into the JSON that they were."""
