"""Runs the operator's commands: one signed request each, and for an undo the operator's own half."""

import argparse
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from panorama_guard.aws.clients import client_of
from panorama_guard.aws.guard_url import GuardUrl, find_url, open_session
from panorama_guard.aws.own_subjects import OwnSubjects
from panorama_guard.case.errors import UnreachableError
from panorama_guard.cli.lasting import Lasting
from panorama_guard.cli.output import ANSWERED, FAILED, REFUSED, WAITING, complain, tell, tell_line
from panorama_guard.cli.regions import read_regions
from panorama_guard.cli.undo import Patience, Undoing, finish_undo
from panorama_guard.cli.undo_all_command import run_undo_all
from panorama_guard.cli.words import answer_lines
from panorama_guard.profile import load_profile

URL_VARIABLE = "PANORAMA_GUARD_URL"
STACK = "panorama-guard"  # what a deployed stack is called if nobody says otherwise
_TYPED = {
    "seconds": "--for",
    "reason": "--reason",
    "document": "--document",
    "plan": "--plan",
    "account": "--account",
}  # as a person types them
_FIELDS = ("incident", "waiver", "plan", "reason", "seconds", "by_hand", "account")


def run_operator(arguments: argparse.Namespace) -> int:
    """Ask the guard what a command says, tell its answer, and return how it ended; no error ends in a stack trace."""
    try:
        body = _body(arguments)
        session = open_session(arguments.profile, arguments.region)
        named = arguments.url or ("" if arguments.stack else os.environ.get(URL_VARIABLE))
        stack = arguments.stack or STACK
        url = named or find_url(stack, session)
        guard = GuardUrl(url, session)
        if getattr(arguments, "all", False):
            return run_undo_all(arguments, body, _undoing(guard, session, arguments))
        status, answer = guard.ask(body)
        if status >= 400:  # noqa: PLR2004 - HTTP's own bound
            return _tell_refusal(answer, arguments)
        if body["action"] == "status" and not named:  # which stack is behind a URL that is named, nobody says
            answer = {**answer, "regions": read_regions(stack, session, now=datetime.now(UTC))}
        if body["action"] != "undo":
            return _tell(str(body["action"]), answer, arguments, ANSWERED)
        code, done = finish_undo(answer, _undoing(guard, session, arguments))
        return _tell("undo", done, arguments, code)
    except BrokenPipeError:
        raise  # nobody reads any more: that is the door's matter
    except (UnreachableError, OSError) as error:
        complain(str(error))
        return FAILED


def _undoing(guard: GuardUrl, session: Any, arguments: argparse.Namespace) -> Undoing:
    own = open_session(arguments.own_profile, arguments.region) if arguments.own_profile else session
    subjects = OwnSubjects(load_profile(), partial(client_of, own))
    return Undoing(guard.ask, subjects, Patience(time.monotonic, time.sleep))


def _body(arguments: argparse.Namespace) -> dict[str, object]:
    given = {name: getattr(arguments, name, None) for name in _FIELDS}
    body: dict[str, object] = {name: value for name, value in given.items() if value not in (None, False)}
    if getattr(arguments, "document", None):
        body["document"] = _document(arguments.document)
    is_about_one = arguments.command == "incidents" and "incident" in body
    return {"action": "explain" if is_about_one else arguments.command, **body}


def _document(file: str) -> str:
    """Return the text of a file; raise UnreachableError where it cannot be read, or is none."""
    try:
        return Path(file).read_text(encoding="utf-8")
    except OSError as error:
        message = f"{file}: cannot be read: {error.strerror or error}"
        raise UnreachableError(message) from error
    except UnicodeDecodeError as error:
        message = f"{file}: not UTF-8 text, and so no IAM document"
        raise UnreachableError(message) from error


def _tell(action: str, answer: Mapping[str, Any], arguments: argparse.Namespace, code: int) -> int:
    if arguments.output == "json":
        tell(answer)
    else:
        tell_line("\n".join(answer_lines(action, answer)))
    needs_another = action == "waive" and answer["waiver"]["state"] != "in force"
    return WAITING if needs_another else code


def _tell_refusal(answer: Mapping[str, Any], arguments: argparse.Namespace) -> int:
    complain(_as_typed(answer, arguments))
    for line in answer.get("details", []):
        complain(f"  {line}")
    if arguments.output == "json":
        tell(answer)
    return REFUSED


def _as_typed(answer: Mapping[str, Any], arguments: argparse.Namespace) -> str:
    """Return why the guard refused, with the option and the time as they were typed."""
    error, field = str(answer.get("error")), str(answer.get("field"))
    if field not in _TYPED:
        return error
    time = getattr(arguments, field, None)
    ending = f": `{answer.get('value')}`"
    if isinstance(time, Lasting) and error.endswith(ending):
        error = f"{error.removesuffix(ending)}: `{time.typed}`"
    return error.replace(f"{field} is ", f"{_TYPED[field]} is ", 1)
