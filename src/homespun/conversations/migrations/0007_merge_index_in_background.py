from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0006_search_index'),
    ]

    operations = [
        # Merging the segments of the index was a quarter of what indexing costs an import. The background task that lists new words
        # merges them now, and small writes do it a little at a time, so that each transaction stays short.
        migrations.RunSQL(
            "insert into conversations_postindex (conversations_postindex, rank)"
            " values ('automerge', 0), ('crisismerge', 400), ('usermerge', 8)",
            "insert into conversations_postindex (conversations_postindex, rank)"
            " values ('automerge', 8), ('crisismerge', 16), ('usermerge', 4)",
        ),
    ]
