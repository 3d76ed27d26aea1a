"""Signatures, the reading of answers, reasons in words, the checks of the settings."""

from __future__ import annotations

import datetime as dt
import time

import pytest
import time_machine
from django.core.checks import run_checks
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from credit_portal.outbox import checks
from credit_portal.outbox.municipal import answers
from credit_portal.outbox.municipal.client import HttpTransport
from credit_portal.outbox.municipal.reasons import reason_in_words
from credit_portal.outbox.municipal.signing import (
    KEY_ID,
    LEEWAY,
    NONCE,
    SIGNATURE,
    TIMESTAMP,
    SignatureRefused,
    Verifier,
    signed_headers,
)
from credit_portal.outbox.municipal.transport import Outcome
from credit_portal.outbox.municipal.ways import from_settings
from tests.factories.outbox import settings_for

BODY = "{'罚': 1}".encode()


class TestSignatures:
    def headers(self, key_id: str = "k", secret: str = "s") -> dict[str, str]:
        return signed_headers(key_id, secret, method="POST", path="/x", body=BODY)

    def refused(self, headers: dict[str, str], *, path: str = "/x", body: bytes = BODY) -> str:
        with pytest.raises(SignatureRefused) as caught:
            Verifier({"k": "s"}).verify(headers, method="POST", path=path, body=body)
        return str(caught.value)

    def test_a_signed_request_passes_once(self) -> None:
        verifier, headers = Verifier({"k": "s"}), self.headers()
        verifier.verify(headers, method="post", path="/x", body=BODY)
        with pytest.raises(SignatureRefused, match="nonce seen before"):
            verifier.verify(headers, method="POST", path="/x", body=BODY)

    def test_everything_is_covered(self) -> None:
        assert self.refused(self.headers(key_id="other")) == "unknown key"
        assert self.refused(self.headers(secret="other")) == "wrong signature"
        assert self.refused(self.headers(), path="/y") == "wrong signature"
        assert self.refused(self.headers(), body=b"") == "wrong signature"
        assert self.refused(self.headers() | {NONCE: "1"}) == "wrong signature"
        assert self.refused(self.headers() | {TIMESTAMP: "1"}) == "wrong signature"
        assert self.refused(self.headers() | {SIGNATURE: "ä"}) == "wrong signature"
        assert self.refused({KEY_ID: "k"}) == "wrong signature"

    def test_old_and_future_requests_are_refused(self) -> None:
        headers = self.headers()
        for seconds in (LEEWAY + 2, -LEEWAY - 2):
            with time_machine.travel(time.time() + seconds, tick=False):
                assert self.refused(headers) == "clock differs too much"

    def test_nonces_are_forgotten_when_they_can_no_longer_be_fresh(self) -> None:
        verifier = Verifier({"k": "s"})
        verifier.verify(self.headers(), method="POST", path="/x", body=BODY)
        with time_machine.travel(time.time() + 2 * LEEWAY + 1):
            verifier.verify(self.headers(), method="POST", path="/x", body=BODY)
        assert len(verifier._seen) == 1


class TestAnswers:
    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            ("2026-10-09T15:59:59+00:00", dt.date(2026, 10, 9)),
            ("2026-10-09T16:00:00+00:00", dt.date(2026, 10, 10)),
            ("2026-10-09T23:30:00+08:00", dt.date(2026, 10, 9)),
            ("2026-10-09T23:30:00", dt.date(2026, 10, 9)),
            ("0001-01-01T00:00:00+14:00", None),
            ("soon", None),
            (None, None),
            (20261009, None),
        ],
    )
    def test_the_day_of_receipt_is_the_one_in_huainan(
        self, moment: object, day: dt.date | None
    ) -> None:
        assert answers.civil_day(moment) == day

    @pytest.mark.parametrize(
        ("status", "outcome", "splits"),
        [
            (500, Outcome.UNKNOWN, True),
            (504, Outcome.UNKNOWN, True),
            (413, Outcome.TRANSIENT, True),
            (401, Outcome.TRANSIENT, False),
            (302, Outcome.TRANSIENT, False),
            (204, Outcome.TRANSIENT, False),
        ],
    )
    def test_other_answers_than_200(self, status: int, outcome: Outcome, splits: bool) -> None:
        failure = answers.read_answer(status, {}, "x").failure
        assert failure is not None
        assert (failure.outcome, failure.splits) == (outcome, splits)

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [("7", 7), ("99999999999", 3600), ("-1", 30), ("", 30), ("x", 30), ("²", 30)],
    )
    def test_how_long_to_stay_away(self, header: str, seconds: float) -> None:
        assert answers.retry_after(header) == seconds

    @time_machine.travel(dt.datetime(2026, 10, 9, 8, 0, tzinfo=dt.UTC), tick=False)
    def test_how_long_to_stay_away_until_a_moment(self) -> None:
        assert answers.retry_after("Fri, 09 Oct 2026 08:01:00 GMT") == 60
        assert answers.retry_after("Fri, 09 Oct 2026 07:00:00 GMT") == 0

    @pytest.mark.parametrize(
        "line",
        [
            {"result": "accepted", "received_at": "2026-10-09T10:00:00+08:00"},
            {"result": "accepted", "receipt": "R"},
            {"result": "accepted", "receipt": "R" * 81, "received_at": "2026-10-09T10:00:00+08:00"},
            {"result": "rejected"},
            {"result": "fine"},
            {},
        ],
    )
    def test_half_a_line_is_no_answer(self, line: dict[str, str]) -> None:
        assert answers.read_line(line).outcome == Outcome.UNKNOWN

    @given(st.text())
    def test_no_text_breaks_the_reading(self, text: str) -> None:
        reply = answers.read_answer(200, {}, text)
        assert reply.failure is None or reply.failure.outcome == Outcome.UNKNOWN


class TestReasons:
    def test_a_known_code_has_words(self) -> None:
        words = "日期格式不正确或先后矛盾，请核对后更正"
        assert reason_in_words("1003") == words
        assert reason_in_words("1003", "CF_JDRQ") == words + "（CF_JDRQ）"

    def test_an_unknown_code_keeps_the_words_of_the_platform(self) -> None:
        assert reason_in_words("77", "奇怪") == "奇怪"
        assert reason_in_words("77") == "市平台未说明退回原因，请联系平台核实"
        assert len(reason_in_words("77", "长" * 900)) == 500


class TestSettings:
    def test_the_shipped_settings_pass(self) -> None:
        assert run_checks(tags=["outbox"]) == []

    def test_the_way_must_be_private_signed_and_shorter_than_the_lease(
        self, settings: Settings
    ) -> None:
        settings.MUNICIPAL = settings_for("http://credit.example.cn", (5, 5, 10), secret="")
        assert [fault.msg for fault in run_checks(tags=["outbox"])] == [
            "PORTAL_MUNICIPAL_URL 须使用 https。",
            "PORTAL_MUNICIPAL_KEY_ID 和 PORTAL_MUNICIPAL_SECRET 须一并设置。",
            "PORTAL_MUNICIPAL_TIMEOUTS：占用时间须大于连接与读取时限之和。",
        ]

    def test_a_way_must_be_known_and_have_its_address(self) -> None:
        told = settings_for("")
        assert checks.municipal_faults(told | {"WAY": "pigeon"}) == [
            "PORTAL_MUNICIPAL_WAY 应为 http、database、workbook 之一。"
        ]
        assert checks.municipal_faults(told | {"WAY": "database"}) == [
            "PORTAL_MUNICIPAL_WAY 为 database 时须设置 PORTAL_EXCHANGE_URL。"
        ]
        assert checks.municipal_faults(told | {"WAY": "database", "EXCHANGE_URL": "x"}) == []

    def test_no_platform_is_no_fault(self) -> None:
        assert checks.municipal_faults(settings_for("")) == []

    def test_there_is_a_way_only_with_an_address(self, settings: Settings) -> None:
        settings.MUNICIPAL = settings_for("")
        assert from_settings() is None
        settings.MUNICIPAL = settings_for("https://credit.example.cn")
        assert isinstance(from_settings(), HttpTransport)

    def test_certificates_and_hosts_are_checked(self) -> None:
        from credit_portal.outbox.municipal.client import trusted

        assert trusted().check_hostname
        assert trusted().verify_mode.name == "CERT_REQUIRED"
