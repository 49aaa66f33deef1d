"""One file (or folder) per network, no Django: what each says is turned into the values of `values.py`.

`NetworkError` is the only exception that leaves a network: a sentence for a person, and whether trying again makes sense.
"""

from homespun.networks.errors import NetworkError

__all__ = ["NetworkError"]
