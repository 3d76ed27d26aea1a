"""The sandbox must fail and remember as it says, or the tests that lean on it prove nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from credit_portal.outbox.municipal.sandbox.faults import MIX, Faults
from credit_portal.outbox.municipal.sandbox.page import render
from credit_portal.outbox.municipal.sandbox.platform import Platform, inversions
from credit_portal.outbox.municipal.schema import DELIVERIES_PATH
from credit_portal.outbox.municipal.signing import signed_headers
from credit_portal.outbox.services.enqueueing import canonical, digest_of, key_for
from tests.factories.outbox import KEY_ID, SECRET, Sandbox, payload, running_sandbox


def item(number: int = 1, version: int = 1, **fields: str) -> dict[str, Any]:
    body = canonical(payload(number, version, **fields))
    return {
        "key": str(key_for(f"penalty:{number}", version)),
        "kind": "penalty",
        "stream": f"penalty:{number}",
        "sequence": version,
        "digest": digest_of(body),
        "body": body,
    }


def post(sandbox: Sandbox, *items: Any) -> httpx.Response:
    body = json.dumps({"batch": "b", "items": items}).encode()
    headers = signed_headers(KEY_ID, SECRET, method="POST", path=DELIVERIES_PATH, body=body)
    return sandbox.client.post(DELIVERIES_PATH, content=body, headers=headers)


class TestPlatform:
    def test_the_same_key_has_one_effect_and_one_receipt(self) -> None:
        platform = Platform()
        (first,), (second,) = platform.receive([item()]), platform.receive([item()])
        assert first == second
        assert platform.stats()["effects"] == 1
        assert platform.stats()["effects_per_version"] == {"penalty:1#1": 1}

    def test_without_dedupe_there_are_two(self) -> None:
        platform = Platform(dedupe=False)
        platform.receive([item(), item()])
        assert platform.stats()["double_effects"] == 1

    def test_the_same_key_with_other_content_is_refused(self) -> None:
        platform = Platform()
        platform.receive([item()])
        (line,) = platform.receive([item(BZ="别的") | {"key": item()["key"]}])
        assert line["code"] == "1009"

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"digest": "0"}, "1008"),
            ({"kind": "poem"}, "1011"),
            ({"body": "{"}, "1099"),
            ({"body": "[]"}, "1099"),
            ({"sequence": "one"}, "1099"),
        ],
    )
    def test_what_is_not_right_is_refused(self, change: dict[str, Any], code: str) -> None:
        broken = item() | change
        if code != "1008":
            broken["digest"] = digest_of(broken["body"])
        (line,) = Platform().receive([broken])
        assert (line["result"], line["code"]) == ("rejected", code)

    def test_what_is_not_an_item_is_refused(self) -> None:
        assert [line["code"] for line in Platform().receive([1, {}, None])] == ["1099"] * 3

    def test_a_withdrawal_needs_no_fields(self) -> None:
        body = canonical({"operation": "withdraw", "fields": {}})
        (line,) = Platform().receive([item() | {"body": body, "digest": digest_of(body)}])
        assert line["result"] == "accepted"

    def test_rules_refuse_so_many_times(self) -> None:
        platform = Platform()
        platform.add_rule("document_number", "（淮）应急罚〔2026〕1号", "1005", 1)
        platform.add_rule("stream", "penalty:2", "1004", None)
        lines = platform.receive([item(1), item(1), item(2), item(2)])
        assert [line.get("code", "") for line in lines] == ["1005", "", "1004", "1004"]
        platform.clear_rules()
        assert platform.receive([item(2)])[0]["result"] == "accepted"

    def test_it_remembers_over_a_restart_and_a_torn_line(self, tmp_path: Path) -> None:
        journal = tmp_path / "effects.jsonl"
        Platform(journal).receive([item(1), item(2)])
        with journal.open("a") as file:
            file.write('{"key": "half')
        again = Platform(journal)
        assert again.receive([item(1)])[0]["receipt"].endswith("00000001")
        assert again.stats()["effects"] == 2

    def test_inversions_are_counted(self) -> None:
        platform = Platform()
        platform.receive([item(1, 2), item(1, 1), item(1, 3), item(2, 1)])
        assert platform.stats()["order_inversions"] == 1
        assert inversions([]) == 0


class TestFaults:
    def test_the_mix_shares_one_probability(self) -> None:
        assert sum(MIX.values()) == pytest.approx(1)
        faults = Faults.mixed(0.1, seed=1)
        drawn = sum(bool(faults.draw()) for _ in range(4000))
        assert 300 < drawn < 500
        assert sum(faults.happened.values()) == drawn

    @pytest.mark.parametrize(("name", "chance"), [("fire", 0.1), ("error", 1.1), ("error", -0.1)])
    def test_nonsense_is_refused(self, name: str, chance: float) -> None:
        with pytest.raises(ValueError):
            Faults().set(name, chance)


class TestPage:
    def test_names_are_escaped(self) -> None:
        platform = Platform()
        platform.receive([item(CF_XDR_MC="<script>alert(1)</script>")])
        page = render(platform.stats(), platform.latest(10))
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>" not in page
        assert "入库 1 条" in page


class TestProcess:
    def test_it_answers_over_http_and_keeps_its_state(self, tmp_path: Path) -> None:
        with running_sandbox("--state", str(tmp_path)) as sandbox:
            assert post(sandbox, item()).json()["results"][0]["result"] == "accepted"
            assert "市信用平台模拟器" in sandbox.client.get("/").text
        with running_sandbox("--state", str(tmp_path)) as sandbox:
            post(sandbox, item())
            assert sandbox.stats()["effects"] == 1
            assert len(sandbox.records("penalty:1")) == 1

    def test_unsigned_and_odd_requests_are_refused(self) -> None:
        with running_sandbox() as sandbox:
            client = sandbox.client
            assert client.post(DELIVERIES_PATH, content=b"{}").status_code == 401
            assert client.post("/nowhere").status_code == 404
            assert client.get("/nowhere").status_code == 404
            assert client.delete("/nowhere").status_code == 404
            assert client.post("/admin/faults", json={"fire": 1}).status_code == 400
            assert client.post("/admin/reject", json={"code": "1"}).status_code == 400
            assert client.post("/admin/reject", json=[]).status_code == 400
            sandbox.refuse(party_code="X", code="1001")
            assert len(client.get("/admin/reject").json()) == 1
            assert client.delete("/admin/reject").json() == []
            assert post(sandbox, "x").json()["results"][0]["code"] == "1099"

    @pytest.mark.parametrize(
        ("fault", "status"), [("error", 500), ("apply_error", 500), ("busy", 429), ("html", 200)]
    )
    def test_faults_by_flag(self, fault: str, status: int) -> None:
        with running_sandbox("--fault", f"{fault}=1") as sandbox:
            assert post(sandbox, item()).status_code == status
            stats = sandbox.stats()
            assert stats["effects"] == (fault == "apply_error")
            assert stats["faults"] == {fault: 1}

    @pytest.mark.parametrize(
        ("fault", "lines"), [("duplicate", 4), ("missing", 2), ("stranger", 4), ("shuffled", 3)]
    )
    def test_disturbed_answers(self, fault: str, lines: int) -> None:
        with running_sandbox("--fault", f"{fault}=1") as sandbox:
            found = post(sandbox, item(1), item(2), item(3)).json()["results"]
            assert len(found) == lines
            assert sandbox.stats()["effects"] == 3

    def test_partial_answers(self) -> None:
        with running_sandbox("--fault", "partial=1") as sandbox:
            found = post(sandbox, item(1), item(2)).json()["results"]
            assert [line["result"] for line in found] == ["retry", "accepted"]

    @pytest.mark.parametrize(("fault", "effects"), [("drop", 0), ("lost_ack", 1)])
    def test_broken_connections(self, fault: str, effects: int) -> None:
        with running_sandbox("--fault", f"{fault}=1") as sandbox:
            with pytest.raises(httpx.TransportError):
                post(sandbox, item())
            assert sandbox.stats()["effects"] == effects
