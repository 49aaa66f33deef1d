"""Editions that were published before the HTML of posts was cleaned on publication."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from homespun.conversations.models import Post
from homespun.stories import actions
from homespun.stories.models import Edition
from tests.stories.factories import AGREED, NOW, post, told, vita

MIGRATION = import_module("homespun.stories.migrations.0002_clean_quoted_html")


@pytest.mark.django_db
def test_upgrade_removes_scripts_from_posts_in_editions_and_changes_nothing_else() -> None:
    tale = told()
    quoted = post("Words of a server.")
    Post.objects.filter(pk=quoted.pk).update(html="<p>Words <b>of</b> a <strong>server</strong>.</p>")
    actions.add_posts(story=tale, uris=[quoted.uri], by=vita(), now=NOW)
    actions.set_basis_for(story=tale, by=vita(), now=NOW, **AGREED)
    edition = actions.publish(story=tale, by=vita(), now=NOW)
    clean_items = Edition.objects.get(pk=edition.pk).items
    raw = "<p>Words <b>of</b> a <strong>server</strong>.</p><script>alert(1)</script>"
    before = [item | {"html": raw} if item.get("uri") == quoted.uri else item for item in clean_items]
    Edition.objects.filter(pk=edition.pk).update(items=before)
    MIGRATION.clean_editions(apps, connection.schema_editor())
    assert Edition.objects.get(pk=edition.pk).items == clean_items
    assert "<p>Words of a <strong>server</strong>.</p>" in [item.get("html") for item in clean_items]
