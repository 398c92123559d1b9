from memos.api.models import Answer
from memos.celery import app


@app.task(name="api.forget_answers")
def forget_answers() -> None:
    """Delete answers that are kept no longer; nothing asks for them."""
    Answer.objects.expired().delete()
