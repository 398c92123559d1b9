"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")
os.environ.setdefault("DATABASE_POOL", "16")  # many threads share it; workers keep a connection each instead

application = get_wsgi_application()
