"""What people do with the things on their desk, one module for each noun. None of it is evidence, so no audit."""

from .drafts import discard_draft, save_draft, sweep_drafts

__all__ = ["discard_draft", "save_draft", "sweep_drafts"]
