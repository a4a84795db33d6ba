"""The policy that decides until an admin writes another."""

from django.db import migrations

from governance.seeds import add_shipped_policy


def add_policy(apps, schema_editor):
    add_shipped_policy(apps.get_model("governance", "Policy"), apps.get_model("governance", "PolicyVersion"))


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]
    operations = [migrations.RunPython(add_policy, migrations.RunPython.noop)]
