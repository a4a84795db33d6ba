"""The Celery application: `celery -A governance worker` and `… beat`."""

import logging.config
import os
import warnings
from typing import Any

from celery import Celery, signals
from celery.exceptions import CPendingDeprecationWarning
from celery.platforms import SecurityWarning  # type: ignore[attr-defined]

from datacards.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")

app = Celery("consentry", set_as_current=True)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Celery warns root because a pickled message could run anything; here messages are JSON and nothing else is read.
warnings.filterwarnings("ignore", category=SecurityWarning)
# … and tells at every lost connection what Celery 6 will do by default; settings.py has chosen.
warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)


@signals.setup_logging.connect
def log_like_django(**_: Any) -> None:
    """Workers write the same lines as the web part."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@signals.celeryd_init.connect
@signals.beat_init.connect
def refuse_wrong_configuration(**_: Any) -> None:
    """A worker or beat that could lose work does not start."""
    from governance.checks import refuse_to_start

    refuse_to_start()


@signals.beat_init.connect
def tell_that_beat_runs(**_: Any) -> None:
    """The line that `manage.py up` waits for."""
    logging.getLogger(__name__).info("beat is ready")


@signals.worker_process_init.connect
def end_with_worker(**_: Any) -> None:
    """The pool's processes end with their worker, also when it is killed."""
    die_with_parent()
