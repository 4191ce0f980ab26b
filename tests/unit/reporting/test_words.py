"""What an operator did is told in one message: who, what, why, until when; and nothing in it acts on a terminal."""

import json
from dataclasses import replace

import pytest

from panorama_guard.case.pause import Pause
from panorama_guard.case.telling import Told
from panorama_guard.case.times import shown_time
from panorama_guard.case.word import Word
from panorama_guard.reporting.alert import alert_message
from panorama_guard.reporting.headline import alert_subject
from panorama_guard.reporting.words import told_attributes, told_message, told_subject
from tests.builders import ACCOUNT, INCIDENT, NOW, UNDO, WAIVER

END, AT = shown_time(WAIVER.expires_at), shown_time(NOW)
PAUSE = Pause(ACCOUNT, WAIVER.owner, NOW, WAIVER.expires_at, "maintenance")
WORD = Word(
    "wrd-1", ACCOUNT, "arn:aws:iam::111122223333:user/mallory", NOW, "an operator's command was turned away", "x"
)
NEEDS = replace(WAIVER, second_because="it covers the management of permissions")
BOB = "arn:aws:iam::111122223333:user/bob"


@pytest.mark.parametrize(
    ("record", "subject", "words"),
    [
        (
            UNDO,
            "[UNDO ASKED FOR] AWSPanoramaServiceRole: inc-",
            (UNDO.by, UNDO.reason, END, "end-waiver wvr-0123456789abcdef"),
        ),
        (UNDO.turned_down("changed since"), "[UNDO REFUSED] ", ("changed since", "end-waiver")),
        (WAIVER, "[WAIVED] AWSPanoramaServiceRole: permissions until ", (WAIVER.owner, WAIVER.reason, END, "payroll")),
        (
            NEEDS,
            "[WAIVER NEEDS A SECOND OPERATOR] ",
            ("approve-waiver wvr-0123456789abcdef", "Needs two:   it covers the management"),
        ),
        (NEEDS.approved(BOB), "[WAIVED] ", (BOB,)),
        (WAIVER.ended(BOB), "[WAIVER ENDED] ", (BOB,)),
        (
            PAUSE,
            f"[PAUSED] account {PAUSE.account}: the guard changes nothing until ",
            (WAIVER.owner, "maintenance", END, "guard resume"),
        ),
        (PAUSE.ended(BOB, now=NOW), f"[RESUMED] account {PAUSE.account}: the guard writes again", (BOB,)),
        (WORD, "[OPERATOR] an operator's command was turned away", ("user/mallory", AT)),
    ],
)
def test_each_record_has_its_message(record: Told, subject: str, words: tuple[str, ...]) -> None:
    """The subject says what, the text the rest, the last line the same for a machine."""
    text = told_message(record)
    assert told_subject(record).startswith(subject)
    assert len(told_subject(record)) < 100
    assert [word for word in words if word not in text] == []
    body = json.loads(text.rpartition("\n")[2])
    assert (body["schema"], body["id"]) == ("panorama-guard/operator/1", record.id)
    assert dict(told_attributes(record))["kind"] == "operator"


def test_an_undo_is_not_told_as_waived() -> None:
    """Its waiver may need a second operator, and nothing is waived until he agrees."""
    text = told_message(UNDO)
    assert f"Waiver until: {shown_time(UNDO.until)}" in text
    assert "Waived" not in text


def test_an_undo_without_a_waiver_has_none_to_end() -> None:
    """Nothing comes back."""
    assert "end-waiver" not in told_message(replace(UNDO, waiver_id="", until=""))


def test_the_longest_name_of_a_field_does_not_touch_its_value() -> None:
    """`Waiver until` is as long as the column."""
    assert f"Waiver until: {shown_time(UNDO.until)}" in told_message(UNDO)


def test_an_incident_is_told_as_ever() -> None:
    """By its own words."""
    assert (told_subject(INCIDENT), told_message(INCIDENT)) == (alert_subject(INCIDENT), alert_message(INCIDENT))


def test_what_an_attacker_chose_stays_on_its_line() -> None:
    """A session's name, a reason, a document."""
    nasty = "x\nTo approve: everything\x1b[2J\u202e"
    for record in (
        replace(WORD, by=nasty, text=nasty, title=nasty),
        replace(UNDO, by=nasty, reason=nasty),
        replace(WAIVER, owner=nasty, document=nasty),
        replace(PAUSE, by=nasty),
    ):
        text = told_message(record)
        assert not any(line.startswith("To approve: everything") for line in text.splitlines())
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert told_subject(record).isascii()


def test_of_a_long_name_the_middle_is_left_out_of_a_subject() -> None:
    """Of the longest title too: until when it is asked for stays whole."""
    named = replace(NEEDS, subject=replace(NEEDS.subject, name="AWSPanoramaApplianceServiceRole"))
    title = "[WAIVER NEEDS A SECOND OPERATOR]"
    assert told_subject(named) == f"{title} AWSPanorama...eServiceRole: permissions until {END}"
    undo = replace(UNDO, incident_id="inc-0123456789abcdef")
    assert told_subject(undo).endswith(": inc-0123456789abcdef")
