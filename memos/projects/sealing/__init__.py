"""Seals show that the audit log is as it was written: ranges of entries, chained by digests that need a key to make."""
