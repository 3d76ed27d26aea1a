"""What can be done with decisions: one module for each stretch of their way."""

from .acting import carry_out, order_steps
from .answering import answer_numbers, confirm_answers, return_answers
from .clocks import expire_publications, recompute_open
from .comparing import compare_deliveries, compared_today
from .entry import create_decision, delete_draft, edit_decision, judge_entry
from .exporting import export_at_once, export_decisions, request_export
from .intake import check_batch, confirm_rows, import_batch, receive_workbook
from .numbering import change_series, define_series
from .open_data import write_open_data
from .register import receive_register, take_register
from .remaining import confirm_remaining, import_remaining
from .reminding import warn_of_deadlines, warn_of_rejections
from .spot_checks import draw_spot_check, record_findings
from .steps import BulkResult
from .undoing import undo_batch
from .versions import abandon, reopen, revise, withdraw
from .workflow import approve, publish, return_to_clerk, send_back, submit, take_back
from .zero_reports import sign_zero_report

__all__ = [
    "BulkResult",
    "abandon",
    "answer_numbers",
    "approve",
    "carry_out",
    "change_series",
    "check_batch",
    "compare_deliveries",
    "compared_today",
    "confirm_answers",
    "confirm_remaining",
    "confirm_rows",
    "create_decision",
    "define_series",
    "delete_draft",
    "draw_spot_check",
    "edit_decision",
    "expire_publications",
    "export_at_once",
    "export_decisions",
    "import_batch",
    "import_remaining",
    "judge_entry",
    "order_steps",
    "publish",
    "receive_register",
    "receive_workbook",
    "recompute_open",
    "record_findings",
    "reopen",
    "request_export",
    "return_answers",
    "return_to_clerk",
    "revise",
    "send_back",
    "sign_zero_report",
    "submit",
    "take_back",
    "take_register",
    "undo_batch",
    "warn_of_deadlines",
    "warn_of_rejections",
    "withdraw",
    "write_open_data",
]
