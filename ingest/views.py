"""/v1/jobs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ingest.models import IngestJob
from ingest.serializers import JobOut
from memos.api.problems import not_found
from memos.api.views import ProjectViewSet


class JobViewSet(ProjectViewSet):
    @extend_schema(responses=JobOut)
    def retrieve(self, request: Request, job_id: str) -> Response:
        """What became of an ingest."""
        job = IngestJob.objects.for_project(self.project).by_ref(job_id).first()
        if job is None:
            raise not_found("job", job_id)
        return Response(JobOut(job).data)
