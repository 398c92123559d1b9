"""The clock: a Celery app that knows the schedule and no task, so that it needs no model and little memory."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")

app = Celery("memos-beat", fixups=[])  # without Django's: it would set up the apps to check the models
app.config_from_object("django.conf:settings", namespace="CELERY")
