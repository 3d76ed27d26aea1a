"""Permit and penalty decisions, the batches they arrive in, and their frozen public versions."""

from .batch import ImportBatch, ImportRow
from .decision import Decision, PenaltyDecision, PermitDecision
from .publication import Publication
from .register import AnsweredNumber, NumberAnswer, NumberSeries, RegisterCase
from .register_upload import RegisterUpload, RegisterUploadRow
from .report import FirmReport
from .spot_check import SpotCheck, SpotCheckRow
from .zero_report import ZeroReport

DECISION_MODELS: dict[str, type[PermitDecision] | type[PenaltyDecision]] = {
    PermitDecision.KIND: PermitDecision,
    PenaltyDecision.KIND: PenaltyDecision,
}

__all__ = [
    "DECISION_MODELS",
    "AnsweredNumber",
    "Decision",
    "FirmReport",
    "ImportBatch",
    "ImportRow",
    "NumberAnswer",
    "NumberSeries",
    "PenaltyDecision",
    "PermitDecision",
    "Publication",
    "RegisterCase",
    "RegisterUpload",
    "RegisterUploadRow",
    "SpotCheck",
    "SpotCheckRow",
    "ZeroReport",
]
