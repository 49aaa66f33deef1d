from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0002_unasked_posts'),
    ]

    operations = [
        migrations.AddField(
            model_name='post',
            name='is_cut',
            field=models.BooleanField(db_default=False, default=False),
        ),
        # A post that the old interface cut linked to itself, which was taken for a quote.
        migrations.RunSQL(
            "update conversations_post set is_cut = 1 where exists"
            " (select 1 from conversations_reference r where r.post_id = conversations_post.id and r.uri = conversations_post.uri)",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "delete from conversations_reference where exists"
            " (select 1 from conversations_post p where p.id = conversations_reference.post_id and p.uri = conversations_reference.uri)",
            migrations.RunSQL.noop,
        ),
    ]
