"""What an operator knows people by."""

from users.models import User


def full_name(user: User) -> str:
    return f"{user.first_name or ''} {user.last_name or ''}".strip()


def named(user: User) -> str:
    return full_name(user) or user.email or user.external_id or user.ref
