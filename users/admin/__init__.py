"""Users, groups and summaries in the console."""

from users.admin import group, summary, user
from users.naming import named

__all__ = ["group", "named", "summary", "user"]
