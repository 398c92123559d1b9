"""The Celery app. Celery is the bell, the rows are the queue: losing the broker loses nothing."""

import os

from celery import Celery

from memos.pulse import WorkerStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")

app = Celery("memos")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(WorkerStep)
app.autodiscover_tasks()
