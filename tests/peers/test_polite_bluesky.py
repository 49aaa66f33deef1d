"""Against a real Bluesky network: a conversation that is fetched by its address takes at most three requests for each participant."""

from collections import Counter
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import LazySettings

from homespun.conversations.actions.completing import complete
from homespun.conversations.models import Post as Row
from homespun.http import Door, addresses
from tests.peers.bluesky import Network
from tests.peers.test_bluesky import NOW, Talk, talk

__all__ = ["talk"]


@pytest.mark.django_db
def test_conversation_takes_at_most_three_requests_for_each_participant(bluesky: Network, talk: Talk, settings: LazySettings) -> None:
    bluesky.tell(settings)
    door, sent = Door("https://stilewise.example", allow=addresses("127.0.0.0/8,::1")), Counter[str]()

    def log(request: httpx.Request) -> None:
        sent[urlsplit(str(request.url)).path] += 1

    door.client.event_hooks = {"request": [log]}
    done = complete(by=None, now=NOW, uri=talk.root.uri, door=door)
    door.client.close()
    assert {*Row.objects.values_list("uri", flat=True)} == {*talk.public}
    assert done.asked == sent.total() <= 3 * len(talk.people)
