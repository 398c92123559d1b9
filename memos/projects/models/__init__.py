"""The tenancy: who owns what, who may do what, and who did what."""

from memos.projects.models.apikey import ApiKey, Scope, read_and_write
from memos.projects.models.audit import READS, AuditEntry, AuditQuerySet
from memos.projects.models.operator import Membership, Operator
from memos.projects.models.seal import AuditCheck, AuditSeal
from memos.projects.models.tenancy import Identified, Project, Record, RecordQuerySet

__all__ = [
    "READS",
    "ApiKey",
    "AuditCheck",
    "AuditEntry",
    "AuditQuerySet",
    "AuditSeal",
    "Identified",
    "Membership",
    "Operator",
    "Project",
    "Record",
    "RecordQuerySet",
    "Scope",
    "read_and_write",
]
