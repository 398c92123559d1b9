"""How much of what was said comes back: a running server, measured on conversations with questions (docs/recall.md)."""
