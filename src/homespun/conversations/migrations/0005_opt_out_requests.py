"""Opt-out requests with a state. Tombstones are kept, and recorded as made before verification existed."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_tombstones(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Tombstones of one second came from one request."""
    requests = apps.get_model("conversations", "OptOutRequest").objects
    digests = apps.get_model("conversations", "OptOut").objects
    for row in apps.get_model("conversations", "Tombstone").objects.order_by("at", "digest"):
        fresh = {"state": "earlier", "requested_at": row.at, "decided_at": row.at}
        request, _made = requests.get_or_create(key=f"earlier-{row.at:%Y%m%d%H%M%S}", defaults=fresh)
        digests.create(digest=row.digest, request=request)


def forget_addresses(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The audit log named the account when somebody undid an opt-out."""
    for entry in apps.get_model("core", "AuditEntry").objects.filter(verb="account.take-back"):
        entry.details.pop("address", None)
        entry.save(update_fields=["details"])


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0004_owner_names'),
        ('core', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(db_index=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='OptOutRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32, unique=True)),
                ('purpose', models.CharField(choices=[('opt-out', 'Opt Out'), ('undo', 'Undo')], default='opt-out', max_length=8)),
                ('state', models.CharField(choices=[('open', 'Open'), ('verified', 'Verified'), ('confirmed', 'Confirmed'), ('dismissed', 'Dismissed'), ('undone', 'Undone'), ('earlier', 'Earlier')], db_index=True, default='open', max_length=10)),
                ('address', models.CharField(blank=True, default='', max_length=500)),
                ('account_uri', models.CharField(blank=True, default='', max_length=500)),
                ('token_hash', models.CharField(max_length=64, null=True, unique=True)),
                ('code_hash', models.CharField(blank=True, db_index=True, default='', max_length=64)),
                ('code_expires_at', models.DateTimeField(null=True)),
                ('claimed_uri', models.CharField(blank=True, default='', max_length=500)),
                ('sign_in', models.TextField(blank=True, default='')),
                ('ignored_because', models.CharField(blank=True, choices=[('', 'No'), ('limit', 'Limit'), ('dismissed', 'Dismissed'), ('covered', 'Covered')], default='', max_length=10)),
                ('proof', models.CharField(blank=True, choices=[('', 'None'), ('sign-in', 'Sign In'), ('message', 'Message'), ('domain', 'Domain')], default='', max_length=8)),
                ('requested_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('cursors', models.JSONField(default=dict)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='absence',
            name='paused_by',
            field=models.CharField(blank=True, db_index=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='listening',
            name='rewind',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='absence',
            name='why',
            field=models.CharField(choices=[('gone', 'Gone'), ('blocked', 'Blocked'), ('hidden', 'Hidden'), ('left out', 'Left Out'), ('paused', 'Paused'), ('unreachable', 'Unreachable'), ('unasked', 'Unasked')], max_length=12),
        ),
        migrations.AddField(
            model_name='optout',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='digests', to='conversations.optoutrequest'),
        ),
        migrations.AddIndex(
            model_name='optoutrequest',
            index=models.Index(fields=['purpose', 'requested_at'], name='opt_out_requests_by_time'),
        ),
        migrations.AddConstraint(
            model_name='optout',
            constraint=models.UniqueConstraint(fields=('request', 'digest'), name='one_digest_per_request'),
        ),
        migrations.RunPython(keep_tombstones, migrations.RunPython.noop),
        migrations.RunPython(forget_addresses, migrations.RunPython.noop),
        migrations.DeleteModel(
            name='Tombstone',
        ),
    ]
