"""Celery's part of the audit log: seals what was written, verifies what was sealed, deletes what is kept no longer."""

from uuid import UUID

from memos.bell import ring
from memos.celery import app
from memos.projects.sealing import chain, checks, retention


@app.task(name="projects.seal_audit")
def seal_audit() -> None:
    """Seal the entries that no other can come before any more."""
    chain.seal_all()


@app.task(name="projects.verify_audit")
def verify_audit() -> None:
    """Ring for each chain that was not verified today."""
    for project_id in checks.due():
        ring(verify_chain, str(project_id or ""))


@app.task(name="projects.verify_chain")
def verify_chain(project_id: str) -> None:
    """Verify a chain (none named: that of the installation) for a while; ring again while there is more of it."""
    if checks.step(UUID(project_id) if project_id else None):
        ring(verify_chain, project_id)


@app.task(name="projects.prune_audit")
def prune_audit() -> None:
    """Delete the entries that their projects keep no longer."""
    for project_id in retention.due():
        retention.prune(project_id)
