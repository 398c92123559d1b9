"""Takes back what was added: a memory, a message, a thread, a document, a whole user, a whole group."""

from ingest.erase.owner import erase_group, erase_user
from ingest.erase.services import delete_document, delete_memory, delete_message, delete_thread

__all__ = ["delete_document", "delete_memory", "delete_message", "delete_thread", "erase_group", "erase_user"]
