"""Threads and messages in the console, with what came of them."""

from threads.admin import message, thread

__all__ = ["message", "thread"]
