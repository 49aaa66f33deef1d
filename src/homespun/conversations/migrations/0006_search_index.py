import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0005_opt_out_requests'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchIndex',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('complete_from', models.BigIntegerField(default=-9223372036854775808)),
                ('unlisted_batches', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.TextField(unique=True)),
                ('post_count', models.PositiveIntegerField(db_default=1, default=1)),
            ],
        ),
        migrations.AddField(
            model_name='post',
            name='reply_to',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.account'),
        ),
        # The index: rowid is the key of the post. What was put in has to be given again to be taken out, as no content is kept twice.
        # Terms wait in memory for a whole batch, and segments are merged by eight: two thirds of the time of the usual 1 MB and four.
        migrations.RunSQL(
            [
                "create virtual table conversations_postindex using fts5"
                " (text, more, tags, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2')",
                "insert into conversations_postindex (conversations_postindex, rank) values ('hashsize', 16777216), ('automerge', 8)",
                # Pieces of the words of the index, kept apart from the posts: there are far fewer words than places where they are.
                "create virtual table conversations_wordpiece using fts5"
                " (word, content='conversations_word', content_rowid='id', tokenize='trigram')",
            ],
            ["drop table conversations_postindex", "drop table conversations_wordpiece"],
        ),
        # Posts of before are indexed in the background, from the newest down.
        migrations.RunSQL(
            [
                "insert into conversations_searchindex (id, complete_from, unlisted_batches)"
                " select 1, coalesce(max(id) + 1, -9223372036854775807 - 1), 0 from conversations_post",
                "drop table if exists conversations_words",
            ],
            migrations.RunSQL.noop,
        ),
    ]
