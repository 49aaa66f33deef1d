"""The pages of the author's side: each reads its input, calls one action or query, and renders."""
