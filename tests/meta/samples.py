"""Something of the bureau's for every address that names something, and the bodies of POSTs that need one.

`@sample("staff:app:page")` answers the parts of the address as a dict; made once for each test of that address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from credit_portal.accounts.models import RoleMembership, UserSession
from credit_portal.accounts.services import note_session
from credit_portal.desk.models import SavedQuery
from credit_portal.jobs.models import Job
from credit_portal.notices.models import Notice
from credit_portal.notices.services import notify
from credit_portal.outbox.models import Difference, OutboxMessage, Package
from publicity.models import ImportBatch, Publication, RegisterUpload
from publicity.services import draw_spot_check
from records.services import issue_letter
from tests.factories import publicity as papers
from tests.factories.accounts import Cast
from tests.factories.register import make_case, make_series

Parts = dict[str, Any]
SAMPLES: dict[str, Callable[[Cast], Parts]] = {}
BODIES: dict[str, Callable[[Parts], dict[str, Any]]] = {
    "staff:publicity:decision_detail": lambda parts: {"action": "submit"},
    "staff:publicity:decision_step": lambda parts: {"action": "submit", "ids": ["1"]},
    "staff:publicity:decision_confirm": lambda parts: {"action": "submit", "ids": ["1"]},
    "staff:publicity:decision_bulk": lambda parts: {"action": "submit", "ids": "1", "token": "t"},
    "staff:desk:columns": lambda parts: {"page": "staff:publicity:decision_list:penalty"},
    "staff:desk:query_save": lambda parts: {"page": "staff:audit:list", "query": "actor=1"},
    "staff:desk:query_rename": lambda parts: {"name": "本周"},
    "staff:publicity:decision_withdraw": lambda parts: {"reason": "试"},
    "staff:publicity:decision_reopen": lambda parts: {"reason": "试"},
    "staff:publicity:decision_send_back": lambda parts: {"reason": "试"},
    "staff:records:letter_create": lambda parts: {"firm": papers.FIRM},
    "staff:records:letter_revoke": lambda parts: {"reason": "试"},
}


def sample(*names: str) -> Callable[[Callable[[Cast], Parts]], Callable[[Cast], Parts]]:
    def keep(build: Callable[[Cast], Parts]) -> Callable[[Cast], Parts]:
        SAMPLES.update(dict.fromkeys(names, build))
        return build

    return keep


@sample("account_end_session")
def session(cast: Cast) -> Parts:
    note_session(user_id=cast.clerk.pk, session_key="k", address="10.1.1.1", agent="Firefox/140")
    return {"pk": UserSession.objects.get().pk}


@sample("staff:notices:read")
def notice(cast: Cast) -> Parts:
    notify(recipients=[cast.clerk], key="due:1", text="明日到期")
    return {"pk": Notice.objects.get().pk}


@sample(
    "public:publicity:publication_list",
    "public:publicity:publication_csv",
    "public:publicity:publication_feed",
    "public:publicity:publication_subscribe",
    "staff:publicity:decision_list",
    "staff:publicity:decision_print",
    "staff:publicity:decision_create",
    "staff:publicity:decision_check",
    "staff:publicity:decision_step",
    "staff:publicity:decision_confirm",
    "staff:publicity:decision_bulk",
    "staff:publicity:decision_export",
    "staff:publicity:template",
)
def kind(cast: Cast) -> Parts:
    return {"kind": "penalty"}


@sample("public:publicity:open_data_file")
def open_data_file(cast: Cast) -> Parts:
    return {"name": "SHA256SUMS"}


@sample("staff:jobs:detail", "staff:jobs:file")
def job(cast: Cast) -> Parts:
    made = Job.objects.create(
        kind="publicity.export_decisions",
        title="导出行政处罚",
        owner=cast.clerk,
        subject_id="1",
        arguments={"kind": "penalty", "query": ""},
        state=Job.State.DONE,
        finished_at=timezone.now(),
        file=ContentFile(b"x", name="list.xlsx"),
        filename="导出.xlsx",
    )
    return {"pk": made.pk}


@sample("staff:desk:query_rename", "staff:desk:query_delete")
def saved_query(cast: Cast) -> Parts:
    made = SavedQuery.objects.create(
        owner=cast.clerk, page="staff:audit:list", name="上周", query="actor=1"
    )
    return {"pk": made.pk}


def team(cast: Cast) -> papers.Team:
    return papers.Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)


@sample(
    "staff:publicity:decision_detail",
    "staff:publicity:decision_as_of",
    "staff:publicity:decision_edit",
    "staff:publicity:decision_delete",
    "staff:publicity:decision_revise",
    "staff:publicity:decision_withdraw",
    "staff:publicity:decision_abandon",
    "staff:publicity:decision_reopen",
    "staff:publicity:decision_send_back",
    "staff:publicity:decision_publish",
    "staff:publicity:decision_take_back",
)
def decision(cast: Cast) -> Parts:
    return {"kind": "penalty", "pk": papers.make_penalty(team(cast)).pk}


@sample("staff:publicity:delivery_replay")
def message(cast: Cast) -> Parts:
    papers.published(papers.make_penalty(team(cast)), team(cast))
    publication = Publication.objects.get()
    assert publication.message is not None
    return {"pk": publication.message.pk}


@sample(
    "staff:publicity:package_detail",
    "staff:publicity:package_file",
    "staff:publicity:package_take_back",
)
def package(cast: Cast) -> Parts:
    message(cast)
    made = Package.objects.create(
        number="BS20261128-ABCDEF",
        department_code=cast.bureau.uscc,
        size=1,
        content_digest="0" * 64,
        file=b"",
        digest="0" * 64,
        made_by=cast.clerk,
        made_at=timezone.now(),
    )
    OutboxMessage.objects.update(state="handed", package=made)
    return {"pk": made.pk}


@sample("staff:publicity:difference_detail", "staff:publicity:difference_repair")
def difference(cast: Cast) -> Parts:
    message(cast)
    sent = OutboxMessage.objects.get()
    made = Difference.objects.create(
        kind="missing",
        stream=sent.stream,
        department_code=cast.bureau.uscc,
        message=sent,
        our_sequence=sent.sequence,
        our_digest=sent.digest,
        first_seen_at=timezone.now(),
        last_seen_at=timezone.now(),
    )
    return {"pk": made.pk}


@sample(
    "public:publicity:publication",
    "public:publicity:publication_sheet",
    "public:publicity:publication_qr",
)
def publication(cast: Cast) -> Parts:
    papers.published(papers.make_penalty(team(cast)), team(cast))
    return {"public_id": Publication.objects.get().public_id}


@sample("public:article")
def article(cast: Cast) -> Parts:
    return {"slug": "no-record"}


@sample("public:sitemap")
def sitemap(cast: Cast) -> Parts:
    return {"section": "decisions"}


@sample("public:entity")
def firm(cast: Cast) -> Parts:
    return {"code": papers.make_firm().code}


@sample(
    "staff:publicity:batch_detail",
    "staff:publicity:batch_import",
    "staff:publicity:batch_undo",
    "staff:publicity:batch_faulty",
)
def batch(cast: Cast) -> Parts:
    made = ImportBatch.objects.create(
        kind="penalty",
        department=cast.bureau,
        uploaded_by=cast.clerk,
        filename="penalties.xlsx",
        file=ContentFile(b"", name="penalties.xlsx"),
        digest="0" * 64,
        state=ImportBatch.State.CHECKED,
    )
    return {"pk": made.pk}


@sample(
    "staff:publicity:register_gaps",
    "staff:publicity:register_answer",
    "staff:publicity:register_answers",
    "staff:publicity:register_decide",
    "staff:publicity:register_cases",
    "staff:publicity:register_zero",
    "staff:publicity:register_upload_create",
    "staff:publicity:register_series",
    "staff:publicity:register_series_create",
)
def register(cast: Cast) -> Parts:
    return {"uscc": cast.bureau.uscc}


@sample("staff:publicity:register_series_edit")
def series(cast: Cast) -> Parts:
    return register(cast) | {"pk": make_series(team(cast)).pk}


@sample("staff:publicity:spot_detail", "staff:publicity:spot_population")
def spot_check(cast: Cast) -> Parts:
    make_case(team(cast), decided_on=timezone.localdate())
    made = draw_spot_check(
        department=cast.bureau, month=timezone.localdate(), size=1, by=cast.officer
    )
    return {"pk": made.pk}


@sample("staff:publicity:register_zero_sign")
def zero_report(cast: Cast) -> Parts:
    return register(cast) | {"kind": "penalty", "month": "2020-02"}


@sample("staff:publicity:register_upload", "staff:publicity:register_faulty")
def register_upload(cast: Cast) -> Parts:
    made = RegisterUpload.objects.create(
        department=cast.bureau,
        uploaded_by=cast.clerk,
        filename="台账.xlsx",
        file=ContentFile(b"", name="cases.xlsx"),
        digest="0" * 64,
        state=RegisterUpload.State.TAKEN,
    )
    return register(cast) | {"pk": made.pk}


@sample("staff:gallery:component")
def component(cast: Cast) -> Parts:
    return {"name": "field"}


@sample("enterprise:notices:read")
def firm_notice(cast: Cast) -> Parts:
    notify(recipients=[cast.firm_head], key="due:1", text="授权即将到期")
    return {"pk": Notice.objects.get().pk}


@sample(
    "enterprise:record",
    "enterprise:repair",
    "enterprise:report",
    "enterprise:report_pdf",
    "enterprise:records:delegate_list",
    "enterprise:records:delegate_create",
)
def own_firm(cast: Cast) -> Parts:
    return {"code": papers.make_firm().code}


@sample(
    "enterprise:records:delegate_edit",
    "enterprise:records:delegate_end",
    "enterprise:records:delegate_password",
)
def delegate(cast: Cast) -> Parts:
    firm, person = papers.make_firm(), cast.firm_operator
    return {"code": firm.code, "pk": RoleMembership.objects.get(user=person).pk}


@sample("staff:records:letter_detail", "staff:records:letter_revoke")
def letter(cast: Cast) -> Parts:
    made = issue_letter(
        entity=papers.make_firm(),
        department=cast.bureau,
        replaces=None,
        address="https://portal.example/sign-in/activate/",
        by=cast.clerk,
    )
    return {"pk": made.letter.pk}
