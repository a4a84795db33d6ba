"""Changes that were found in imported history are marked, so that nobody is told of them as news."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crawler", "0040_watch_schedules")]

    operations = [
        migrations.AddField(
            model_name="consentchange",
            name="historic",
            field=models.BooleanField(
                default=False, help_text="Found in history that was imported: nobody is told of it."
            ),
        ),
    ]
