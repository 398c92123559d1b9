"""Work in the console: ingest jobs, and operations on many rows."""

from ingest.admin import jobs, operations

__all__ = ["jobs", "operations"]
