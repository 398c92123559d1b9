"""Changes to many rows that operators ask for, done by the worker with progress."""

from ingest.operations.kinds import KINDS, Kind
from ingest.operations.services import MOST, cancel_operation, request_operation

__all__ = ["KINDS", "MOST", "Kind", "cancel_operation", "request_operation"]
