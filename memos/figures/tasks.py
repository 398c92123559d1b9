from memos import pulse
from memos.celery import app
from memos.figures import storage, tidying


@app.task(name="figures.tidy")
def tidy() -> None:
    tidying.tidy()


@app.task(name="figures.measure_storage")
def measure_storage() -> None:
    storage.measure()


@app.task(name="figures.ask_embedder")
def ask_embedder() -> None:
    """So that no page of the console has to wait for a remote one."""
    pulse.tell_of_embedder()
