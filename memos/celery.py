"""The Celery app. Celery is the bell, the rows are the queue: losing the broker loses nothing."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")

app = Celery("memos")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
