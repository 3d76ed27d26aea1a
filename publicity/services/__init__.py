"""What can be done with decisions: one module for each stretch of their way."""

from .acting import carry_out, order_steps
from .clocks import expire_publications, recompute_open
from .comparing import compare_deliveries, compared_today
from .entry import create_decision, delete_draft, edit_decision, judge_entry
from .exporting import export_at_once, export_decisions, request_export
from .intake import check_batch, confirm_rows, import_batch, receive_workbook
from .open_data import write_open_data
from .remaining import confirm_remaining, import_remaining
from .reminding import warn_of_deadlines, warn_of_rejections
from .steps import BulkResult
from .undoing import undo_batch
from .versions import abandon, reopen, revise, withdraw
from .workflow import approve, publish, return_to_clerk, send_back, submit, take_back

__all__ = [
    "BulkResult",
    "abandon",
    "approve",
    "carry_out",
    "check_batch",
    "compare_deliveries",
    "compared_today",
    "confirm_remaining",
    "confirm_rows",
    "create_decision",
    "delete_draft",
    "edit_decision",
    "expire_publications",
    "export_at_once",
    "export_decisions",
    "import_batch",
    "import_remaining",
    "judge_entry",
    "order_steps",
    "publish",
    "receive_workbook",
    "recompute_open",
    "reopen",
    "request_export",
    "return_to_clerk",
    "revise",
    "send_back",
    "submit",
    "take_back",
    "undo_batch",
    "warn_of_deadlines",
    "warn_of_rejections",
    "withdraw",
    "write_open_data",
]
