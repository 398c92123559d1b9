"""/v1/graphs/:id/ingest, /v1/graphs/:id/documents and /v1/documents."""

from typing import Any

from django.db.models import F, Func, IntegerField
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from graphs.browse.views import InGraphViewSet
from graphs.models import Document, Graph
from ingest import erase
from ingest.documents import serializers as forms
from ingest.documents.services import keep_document, update_document
from memos.api.pagination import PageQuery, paginate
from memos.api.problems import not_found
from memos.api.serializers import Deleted
from memos.api.views import page_of
from memos.projects.audit import Caller
from memos.projects.models import RecordQuerySet

SIZE = Func(F("content"), function="octet_length", output_field=IntegerField())
"""PostgreSQL knows it without reading the content."""


class DocumentViewSet(InGraphViewSet):
    queries = {"list": PageQuery}

    def get_document(self, ref: str) -> Document:
        document = _shown(Document.objects.for_project(self.project)).by_ref(ref).first()
        if document is None:
            raise not_found("document", ref)
        return document

    @extend_schema(request=forms.NewDocument, responses={202: forms.IngestedDocument})
    def ingest(self, request: Request, graph_id: str) -> Response:
        """Keep a text, a JSON value or a message; it is cut into pieces and read in the background."""
        return accepted(self.caller, self.get_graph(graph_id), request)

    @extend_schema(parameters=[PageQuery], responses=forms.DocumentPage)
    def list(self, request: Request, graph_id: str) -> Response:
        """List what was given to a graph as a whole, newest first."""
        rows = _shown(Document.objects.filter(graph=self.get_graph(graph_id))).defer("content")
        return self.page("documents", paginate(rows, **page_of(self.query)), forms.DocumentOut)

    @extend_schema(responses=forms.DocumentDetail)
    def retrieve(self, request: Request, document_id: str) -> Response:
        """Get one document with what was given and how far it is read."""
        return Response(forms.DocumentDetail(self.get_document(document_id)).data)

    @extend_schema(request=forms.DocumentChanges, responses=forms.DocumentDetail)
    def partial_update(self, request: Request, document_id: str) -> Response:
        """Change the name or the metadata of a document; what was given stays as it is."""
        document = self.get_document(document_id)
        update_document(caller=self.caller, document=document, **self.body(forms.DocumentChanges))
        return Response(forms.DocumentDetail(self.get_document(document_id)).data)

    @extend_schema(responses={200: Deleted})
    def destroy(self, request: Request, document_id: str) -> Response:
        """Delete a document and take back what rests on it alone."""
        document = self.get_document(document_id)
        erase.delete_document(caller=self.caller, document=document)
        return Response({"deleted": True, "id": document.ref})


def accepted(caller: Caller, graph: Graph, request: Request) -> Response:
    """The answer to a document that is given to a graph."""
    document = forms.NewDocument(data=request.data).document()
    return Response(forms.IngestedDocument(keep_document(caller=caller, graph=graph, document=document)).data, 202)


def _shown(rows: RecordQuerySet[Document]) -> Any:
    return rows.select_related("job").annotate(size=SIZE)
