class EmbeddedError(Exception):
    """Something that a person has to put right: one clear sentence that names the thing and the setting."""
