"""A trust that is repaired, and whose older sessions are not ended, is not fixed: wherever somebody is told of it."""

from dataclasses import replace
from typing import Any

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.let_in import LetIn, Stranger
from panorama_guard.case.shelved import Shelved
from panorama_guard.reporting.chat import chat_notification
from panorama_guard.reporting.digest import Digest, digest_body, digest_subject
from panorama_guard.reporting.event import event_detail
from panorama_guard.reporting.open_there import open_there_body
from panorama_guard.reporting.page.records import Gauges, OnRecord
from panorama_guard.reporting.page.view import view_of
from panorama_guard.reporting.security_hub import security_finding
from panorama_guard.reporting.summary import summary_body
from tests.builders import INCIDENT, NOW
from tests.unit.reporting.pages import full_page

TOLD = "NOT FIXED"
LET_IN = LetIn((Stranger.BEFORE,))
PRODUCT = "arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default"


def let_in() -> Incident:
    """Return an incident whose Deny for older sessions was taken away."""
    trust = replace(INCIDENT, kind=Kind.TRUST_ESCAPE, source="trust")
    return trust.moved(State.CONTAINED, now=NOW, reason=LET_IN.describe(), let_in=LET_IN)


def test_an_event_and_a_chat_say_so() -> None:
    """Whose rules go by the state."""
    detail: dict[str, Any] = event_detail(let_in())
    chat: dict[str, Any] = chat_notification(let_in())
    assert (detail["state"], detail["isOpen"]) == (TOLD, True)
    assert TOLD in chat["content"]["keywords"]


def test_security_hub_keeps_it_active() -> None:
    """Whoever works through what is active there finds it."""
    finding: dict[str, Any] = security_finding(
        let_in(), "arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default"
    )
    told = (finding["RecordState"], finding["Workflow"], finding["Compliance"])
    assert told == ("ACTIVE", {"Status": "NEW"}, {"Status": "FAILED"})
    assert TOLD in finding["ProductFields"].values()


def test_many_at_once_and_those_of_members_are_counted_so() -> None:
    """In one message, and in status."""
    assert summary_body([let_in()])["states"] == {TOLD: 1}
    assert open_there_body((let_in(),), 0)["states"] == {TOLD: 1}


def test_the_posture_page_and_the_daily_digest_count_it_as_open() -> None:
    """And show it as not fixed."""
    page = full_page().with_guard((), OnRecord((let_in(),)), Gauges())
    digest = Digest(page, Shelved("s3://reports/posture.html", "v1", "https://example.com"), "", NOW)
    assert digest_subject(digest).startswith("[DIGEST] 1 open")
    body: dict[str, Any] = digest_body(digest)
    assert body["open"]["listed"][0]["state"] == TOLD
    (moment,) = view_of(page).standing.moments
    assert moment.state.word == "not fixed"
