"""Permit and penalty decisions, the batches they arrive in, and their frozen public versions."""

from .batch import ImportBatch, ImportRow
from .decision import Decision, PenaltyDecision, PermitDecision
from .publication import Publication

__all__ = [
    "Decision",
    "ImportBatch",
    "ImportRow",
    "PenaltyDecision",
    "PermitDecision",
    "Publication",
]
