from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='accountname',
            name='one_row_per_name',
        ),
        migrations.AddField(
            model_name='accountname',
            name='avatar',
            field=models.CharField(blank=True, db_default='', default='', max_length=1000),
        ),
        migrations.AddField(
            model_name='accountname',
            name='avatar_seen',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='accountname',
            name='rank',
            field=models.PositiveSmallIntegerField(db_default=2, default=2),
        ),
        migrations.AddConstraint(
            model_name='accountname',
            constraint=models.UniqueConstraint(fields=('account', 'handle', 'name', 'source', 'rank'), name='one_row_per_name'),
        ),
        # The avatar that an account has, as that of its newest name: later ones are compared with it by date.
        migrations.RunSQL(
            "update people_accountname set avatar = a.avatar, avatar_seen = last_seen from people_account a"
            " where a.id = account_id and a.avatar != '' and people_accountname.id = (select n.id from people_accountname n"
            " where n.account_id = a.id order by n.last_seen desc, n.id desc limit 1)",
            migrations.RunSQL.noop,
        ),
    ]
