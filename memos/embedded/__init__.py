"""Starts PostgreSQL and Valkey from wheels, and the processes of Memos beside them, on one machine."""
