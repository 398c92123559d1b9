"""Who signs in to the console, and what they may do there."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from memos.projects.models.tenancy import Record, RecordQuerySet


class Operator(AbstractUser):
    """Somebody who signs in to the console."""

    class Meta(AbstractUser.Meta):
        verbose_name = "operator"


class Membership(Record):
    """What an operator may do in a live project and in its test twin. The rights of a role are in `projects.roles`."""

    PREFIX = "mbr"

    class Role(models.TextChoices):
        VIEWER = "viewer"
        SUPPORT = "support"
        ADMIN = "admin"

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=7, choices=Role.choices, default=Role.VIEWER)
    reads_words = models.BooleanField(
        default=False, help_text="Of a viewer: sees what people said, and what came of it. The other roles do anyway."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("project", "operator", name="membership_is_one_a_project")]

    def __str__(self) -> str:
        return f"{self.operator.get_username()}, {self.role} of {self.project}"
