"""What ends a run with one sentence instead of a trace."""


class BenchError(Exception):
    """Something that whoever started the run can put right; its text says what."""
