"""One file (or folder) per network, no Django: what each says is turned into the values of `values.py`.

One line in `known` makes a network known, and what it names in its `__all__` is what can be asked of it (`live`, `protocols`).
`NetworkError` is the only exception that leaves a network: a sentence for a person, and whether trying again makes sense. What is said
to a person is `Said`: English, with all that another language needs.
"""

from homespun.networks.errors import NetworkError
from homespun.networks.said import Said, said

__all__ = ["NetworkError", "Said", "said"]
