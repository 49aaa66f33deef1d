"""One file per network, no Django: what each says is turned into the values of `values.py`."""
