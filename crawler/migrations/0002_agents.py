from django.db import migrations


def load_agents(apps, schema_editor):
    from crawler.registry import load

    load(apps.get_model("crawler", "Agent"))


class Migration(migrations.Migration):
    dependencies = [("crawler", "0001_initial")]
    operations = [migrations.RunPython(load_agents, migrations.RunPython.noop)]
