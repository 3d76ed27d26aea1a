"""What the jobs refuse."""


class UnknownKind(RuntimeError):
    """A programming error: no app registered a function for this kind of job."""
