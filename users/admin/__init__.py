"""Users, groups and summaries in the console."""

from users.admin import group, summary, user

__all__ = ["group", "summary", "user"]
