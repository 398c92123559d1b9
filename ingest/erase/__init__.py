"""Takes back what was added: a memory, a message, a thread, a document, a whole user."""

from ingest.erase.services import delete_document, delete_memory, delete_message, delete_thread
from ingest.erase.user import erase_user

__all__ = ["delete_document", "delete_memory", "delete_message", "delete_thread", "erase_user"]
