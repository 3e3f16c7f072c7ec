"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soe.settings.prod")

application = get_wsgi_application()

from soe.accounts.checks import refuse_demo_data  # noqa: E402  (needs the settings)

refuse_demo_data()
