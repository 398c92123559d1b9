"""Where a document stands that is not read to its end."""

from django.db.models.functions import Length

from graphs.models import Document
from ingest.documents.cutting import cut
from ingest.models import IngestJob

SHOWN = 3
LONGEST = 500_000
"""Characters that are cut within a request: it takes some tenths of a second."""


def next_pieces(job: IngestJob) -> list[str]:
    """The first pieces of those that come next; none of a document that is gone, can't be cut or is too long for it."""
    assert job.document_id
    length = Document.objects.filter(pk=job.document_id).values_list(Length("content"), flat=True).first()
    if length is None or length > LONGEST:
        return []
    try:
        return cut(job.document_id).pieces[job.position : job.position + SHOWN]
    except (Document.DoesNotExist, ValueError, RecursionError):
        return []
