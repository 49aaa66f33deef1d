"""Texts of posts as they are compared, read by key: some seven microseconds each."""

from collections.abc import Sequence

from django.db import connection

from homespun.conversations.queries.folding import fold
from homespun.conversations.queries.index_tokens import more_words


def folded(keys: Sequence[int]) -> dict[int, str]:
    """All that the index holds words of: the text, the content warning, and addresses that only the HTML has."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"select id, text, warning, html from conversations_post where id in ({','.join(map(str, keys))})")
        return {key: fold(f"{text}\n{more}" if (more := more_words(text, warning, html)) else text) for key, text, warning, html in cursor}
