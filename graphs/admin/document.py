"""A document with how far it is read, and what came of it."""

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from graphs.admin.base import OWNERS, GraphRowAdmin, ReadAdmin
from graphs.admin.going import Going, with_words
from graphs.admin.naming import titled
from graphs.models import Document
from ingest.erase import delete_document
from ingest.models import IngestJob
from memos.projects.audit import Caller
from memos.projects.console.deleting import DeletingAdmin
from memos.projects.console.lists import NewestChoices
from memos.projects.console.search import Finding
from memos.projects.console.shown import NOTHING, moment, names_of, section, short

BEGINNING = 5_000
"""Characters of a document that a page shows; the API gives all of it."""


@admin.register(Document)
class DocumentAdmin(DeletingAdmin, ReadAdmin, GraphRowAdmin):
    what_goes = "it goes with its job, and with every memory that rests on it alone."
    first_comes = "POST /v1/graphs/:id/ingest takes one; the pages of /docs/ show how."
    list_display = ("called", "type", "read", "whose", "said", "received")
    list_filter = (("type", NewestChoices),)
    search_help_text = "doc_…, usr_…, grp_…, grph_…, name"
    finding = Finding(owners=OWNERS, beginnings=("name",))
    related = ("graph__user", "graph__group", "job")
    heavy = ("content",)
    fieldsets = (
        (None, {"fields": ("called", "shown_id", "type", "beginning", "whose")}),
        ("What came of it", {"fields": ("read", "job_link", "memories_list", "episodes_list")}),
        ("When", {"fields": ("said", "received")}),
        ("Details", {"fields": ("graph_link", "metadata")}),
    )

    def heading(self, request: HttpRequest, row: Document) -> str:
        return titled(row)

    def delete_by(self, caller: Caller, row: Document) -> None:
        delete_document(caller=caller, document=row)

    def going(self, row: Document) -> Going:
        theirs: Going = {names_of(IngestJob): IngestJob.objects.filter(document=row)}
        return theirs | with_words(row.graph_id, Q(source_id=row.pk))

    @admin.display(description="name")
    def called(self, document: Document) -> str:
        return titled(document)

    @section("beginning")
    def beginning(self, document: Document) -> str:
        return short(document.content, BEGINNING)

    @admin.display(description="pieces that are read")
    def read(self, document: Document) -> str:
        job = getattr(document, "job", None)
        return f"{job.position:,} of {document.pieces:,}" if job and document.pieces is not None else NOTHING

    @admin.display(description="written or said (UTC)")
    def said(self, document: Document) -> str:
        return moment(document.created_at)
