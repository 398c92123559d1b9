from django.contrib.sessions.models import Session
from django.utils import timezone

from memos.celery import app
from memos.projects.signin import sessions, throttle


@app.task(name="signin.tidy")
def tidy() -> None:
    """Forget sessions that have ended, and failures that count no more."""
    sessions.tidy()
    throttle.tidy()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
