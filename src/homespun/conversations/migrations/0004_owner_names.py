"""Owners of X archives go by what their own archive says, whatever else was imported later."""

from django.db import migrations

OWN_NAMES = """
insert into people_accountname (account_id, handle, name, source, rank, first_seen, last_seen, avatar)
select s.account_id, substr(s.title, 2), iif(lower(a.handle) = lower(substr(s.title, 2)), a.name, ''), s.id, 1,
    coalesce(s.made, '1970-01-01 00:00:00'), coalesce(s.made, '1970-01-01 00:00:00'), ''
from conversations_source s join people_account a on a.id = s.account_id
where s.kind = 'x-archive' and s.title like '@%' and not exists
    (select 1 from people_accountname n where n.account_id = s.account_id and n.source = s.id and n.first_seen = s.made)
"""
RANKED = """
update people_accountname set rank = 1 where exists (select 1 from conversations_source s where s.kind = 'x-archive'
    and s.id = people_accountname.source and s.account_id = people_accountname.account_id and s.made = first_seen)
"""
CALLED = """
update people_account set {0} = n.{0} from (select account_id, {0}, row_number() over
    (partition by account_id order by last_seen desc, {0} desc) as place from people_accountname where rank = 1 and {0} != '') n
where n.account_id = people_account.id and n.place = 1
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_cut_posts"), ("people", "0002_ranked_names")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (OWN_NAMES, RANKED, CALLED.format("handle"), CALLED.format("name"))
    ]
