"""All that is kept about a user, a group or a project as JSON Lines, and back. The format: docs/export-format.md."""
