"""A stranger finds nothing of what was said to followers or to one person, whichever page of the site they open."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from homespun.conversations.models import Post
from homespun.core.models import Site
from homespun.networks.values import Visibility
from homespun.stories import actions
from tests.stories.factories import NOW, account, post, told, vita

SAID = "Between us, the oven is mine."


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Every address without a part that varies."""
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, here)
        elif isinstance(pattern, URLPattern) and not set("<^(\\") & set(here):
            yield here


@pytest.mark.parametrize("visibility", [Visibility.FOLLOWERS, Visibility.DIRECT])
@pytest.mark.django_db
def test_no_page_shows_it_to_a_stranger(client: Client, site: Site, visibility: Visibility) -> None:
    sandor = account("sandor", "Sandor Welk")
    tale = told()
    private = post(SAID, sandor, parent=Post.objects.filter(author=sandor).first(), visibility=visibility)
    Post.objects.filter(pk=private.pk).update(network="mastodon")
    actions.publish(story=tale, by=vita(), now=NOW)
    desk = reverse("conversations:conversation", args=[private.conversation_id])
    every = [*addresses(get_resolver()), f"/stories/{tale.slug}/", desk]
    assert len(every) > 20
    answers = {address: client.get(address, follow=True) for address in every}
    shown = [address for address, answer in answers.items() if not answer.streaming and SAID in answer.content.decode(errors="replace")]
    assert shown == []
    assert answers[f"/stories/{tale.slug}/"].status_code == 200
    client.force_login(vita())
    assert SAID in client.get(desk).content.decode()
