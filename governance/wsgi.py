"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
application = get_wsgi_application()

from governance.checks import refuse_to_start  # noqa: E402 -- Django must be set up first

refuse_to_start()
