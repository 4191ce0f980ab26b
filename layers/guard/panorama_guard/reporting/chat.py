"""Says what operators are told of as a custom notification of Amazon Q Developer in chat applications.

What is in no known form is dropped in silence: https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html

Text that somebody else may have chosen stands in code, where Slack and Teams read no links and no formatting; a
mention is broken up, because both would call the people whom it names.
"""

import re

from panorama_guard.case.ending import told_state
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.telling import Told
from panorama_guard.case.times import shown_time
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Waiver
from panorama_guard.reporting.alert import TO_STOP, UNDO_BY_HAND, UNDONE, example, what_to_do
from panorama_guard.reporting.event import event_resources, event_type, told_id
from panorama_guard.reporting.headline import alert_subject, headline
from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.showing import see_it
from panorama_guard.reporting.words import OperatorRecord, operator_words, told_subject

# What Slack shows of one block is 3,000 characters; a line that says so takes the place of what does not fit.
LONGEST_DESCRIPTION = 2_500
LONGEST_VALUE = 300
LONGEST_COMMAND = 600
MOST_STEPS = 8
MORE = "More is in the alert of the same incident."
_MENTION = re.compile(r"(?<![A-Za-z0-9._+-])@|@(?![A-Za-z0-9])")  # one inside a word, as in an address, calls nobody
_NOT_BARE = re.compile(r"[^A-Za-z0-9 :;.,'()+=/_-]")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "'"})

Lines = list[tuple[str, str]]


def chat_notification(record: Told) -> dict[str, object]:
    """Return the notification; all that is told of one incident bears the same thread."""
    if isinstance(record, Incident):
        title, lines, steps = alert_subject(record), _lines(record), _steps(record)
        opening, keywords = headline(record), [record.severity.value, record.kind.value, told_state(record).value]
    else:
        title, (opening, lines, steps), keywords = told_subject(record), _operator(record), ["operator"]
    return {
        "version": "1.0",
        "source": "custom",
        "id": told_id(record),
        "content": {
            "textType": "client-markdown",
            "title": bare(title.replace("[", "").replace("] ", ": ")),
            "description": _description(bare(opening), lines),
            "nextSteps": steps,
            "keywords": keywords,
        },
        "metadata": {
            "threadId": _thread(record),
            "summary": bare(title.partition("] ")[2]),
            "eventType": event_type(record),
            "relatedResources": list(event_resources(record)),
        },
    }


def bare(text: str) -> str:
    """Return the text with every character that a chat could read as more than itself as a question mark."""
    return _NOT_BARE.sub("?", text)


def in_code(text: str, most: int = LONGEST_VALUE) -> str:
    """Return the text as code that nothing in it can leave, on one line, and shortened."""
    shown = _MENTION.sub("(at)", plain(text.strip()))
    shown = shown if len(shown) <= most else f"{shown[:most]}..."
    return f"`{shown.translate(_ENTITIES)}`"


def _description(opening: str, lines: Lines) -> str:
    """Return the text: what stands first stays, and of what comes later as much as there is room for."""
    told, size = [opening], len(opening) + len(MORE) + 1
    for name, value in ((name, value) for name, value in lines if value.strip()):
        line = f"{name}: {in_code(value)}"
        size += len(line) + 1
        if size > LONGEST_DESCRIPTION:
            return "\n".join([*told, MORE])
        told.append(line)
    return "\n".join(told)


def _lines(incident: Incident) -> Lines:
    cause, evidence, remedy = incident.cause, incident.evidence, incident.remedy
    is_over = incident.state is State.RESOLVED and not remedy.carried_out
    done = "Done" if remedy.carried_out else "Not done"
    call = f"{cause.event_name} by {cause.by_whom}" if cause.is_named else ""
    return [
        ("On", incident.subject.arn),
        ("Because", incident.reason),
        ("For example", example(incident)),
        ("Through", incident.source),
        ("Granted by", evidence.statement),
        ("Found", evidence.reason),
        ("After call", call),
        ("At", shown_time(cause.event_time)),
        *((done, step) for step in (() if is_over else remedy.steps)),
        ("Incident", incident.id),
    ]


def _steps(incident: Incident) -> list[str]:
    told = [*what_to_do(incident), ("See it", see_it(incident))]
    steps = [
        f"{name}: {in_code(text)}" if name == TO_STOP else _step(name, text)
        for name, text in told
        if text and name not in (UNDO_BY_HAND, UNDONE)
    ]
    return steps[:MOST_STEPS]


def _step(name: str, command: str) -> str:
    """Return a command that can be copied as it is, or where else it stands: one that was changed does other things."""
    is_whole = len(command) <= LONGEST_COMMAND and in_code(command, LONGEST_COMMAND) == f"`{command}`"
    return f"{name}: `{command}`" if is_whole else f"{name}: the command is in the alert"


def _operator(record: OperatorRecord) -> tuple[str, Lines, list[str]]:
    what, about, fields = operator_words(record)
    lines = [(name, value) for name, value in fields if not name.startswith("To ") and name != "Document"]
    steps = [_step(name, command) for name, command in fields if name.startswith("To ")]
    return f"{what.capitalize()}: {plain(about)}", lines, steps


def _thread(record: Told) -> str:
    """Return the incident that a record is about, or the record itself."""
    return record.incident_id if isinstance(record, Undo | Waiver) else record.id
