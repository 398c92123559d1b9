"""/v1/jobs."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ingest.jobs import retry_job
from ingest.models import IngestJob
from ingest.serializers import JobListQuery, JobOut, JobPage
from memos.api.pagination import paginate
from memos.api.problems import not_found
from memos.api.serializers import NoBody
from memos.api.views import ProjectViewSet, page_of
from memos.projects.models import RecordQuerySet
from threads.models import Thread
from users.models import User


class JobViewSet(ProjectViewSet):
    queries = {"list": JobListQuery}
    problems = {"retry": ["JOB_NOT_FAILED"]}

    def get_job(self, ref: str) -> IngestJob:
        job = IngestJob.objects.for_project(self.project).by_ref(ref).first()
        if job is None:
            raise not_found("job", ref)
        self.graph_id = job.graph_id
        return job

    @extend_schema(parameters=[JobListQuery], responses=JobPage)
    def list(self, request: Request) -> Response:
        """List the project's jobs, newest first."""
        *others, narrowest = self._wanted().items()
        page = paginate(IngestJob.objects.filter(**dict(others)), along=narrowest, **page_of(self.query))
        return self.page("jobs", page, JobOut)

    def _wanted(self) -> dict[str, Any]:
        """Column → value, what narrows the list most at the end. Raises a 404 where there is no such user or thread."""
        wanted: dict[str, Any] = {"project": self.project.pk}
        if "status" in self.query:
            wanted["status"] = self.query["status"]
        if "user_id" in self.query:
            users = User.objects.for_project(self.project)
            wanted["user"] = self._key("user", users.by_path(self.query["user_id"]))
        if "thread_id" in self.query:
            threads = Thread.objects.for_project(self.project)
            wanted["thread"] = self._key("thread", threads.by_ref(self.query["thread_id"]))
        return wanted

    def _key(self, what: str, rows: RecordQuerySet[Any]) -> UUID:
        key = rows.values_list("pk", flat=True).first()
        if key is None:
            raise not_found(what, self.query[f"{what}_id"])
        return key

    @extend_schema(responses=JobOut)
    def retrieve(self, request: Request, job_id: str) -> Response:
        """What became of an ingest."""
        return Response(JobOut(self.get_job(job_id)).data)

    @extend_schema(request=None, responses=JobOut)
    def retry(self, request: Request, job_id: str) -> Response:
        """Queue a job that failed once more, as if it had not been tried."""
        job = self.get_job(job_id)
        self.body(NoBody)
        return Response(JobOut(retry_job(caller=self.caller, job=job)).data)
