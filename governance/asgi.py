"""ASGI entry point."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
application = get_asgi_application()

from governance.checks import refuse_to_start  # noqa: E402 -- Django must be set up first

refuse_to_start()
