"""How archives arrive: in pieces from a browser, or through the inbox of the data folder; and how a reading of one begins and ends."""
