"""What we write ourselves: with which account, in how many parts, with which pictures, when; up to the moment at which it is decided."""
