"""Cleans the HTML of posts in editions that were published before it was cleaned on publication."""

from django.db import migrations

from homespun.core.html import clean


def clean_editions(apps, schema_editor):
    Edition = apps.get_model("stories", "Edition")
    for edition in Edition.objects.only("items").iterator(chunk_size=20):
        cleaned = [item | {"html": clean(item["html"])} if item.get("kind") == "post" and item.get("html") else item for item in edition.items]
        if cleaned != edition.items:
            Edition.objects.filter(pk=edition.pk).update(items=cleaned)


class Migration(migrations.Migration):
    dependencies = [("stories", "0001_initial")]
    operations = [migrations.RunPython(clean_editions, migrations.RunPython.noop, elidable=True)]
