"""Small servers where accounts of ours could live, which check what they are told: one as Mastodon's, one of the AT Protocol."""
