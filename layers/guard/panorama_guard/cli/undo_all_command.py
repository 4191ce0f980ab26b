"""Runs `undo --all`: says what the guard has in place, and with `--yes` has it taken back."""

import argparse
from collections.abc import Iterator, Mapping
from shlex import quote

from panorama_guard.case.errors import UnreachableError
from panorama_guard.cli.output import ANSWERED, FAILED, REFUSED, complain, tell, tell_line
from panorama_guard.cli.undo import Undoing
from panorama_guard.cli.undo_all import (
    Ended,
    RefusedError,
    Standing,
    all_body,
    ended_lines,
    find_standing,
    look_again,
    rest_lines,
    standing_lines,
    undo_all,
    worst_of,
)
from panorama_guard.reporting.plain import field_line

_SENT = ("reason", "seconds", "by_hand", "account")
_WHERE = ("account", "own_profile", "profile", "region", "stack", "url")  # what leads to the same guard and account
_TO_CARRY_OUT = 'panorama-guard undo --all --yes --reason "..." --for 1d'
_GOES_ON = "run it again to go on where it stopped"
_STAYS_REFUSED = "what is refused stays so until its reason is gone: waive what else would be found, then run it again"


def run_undo_all(arguments: argparse.Namespace, body: Mapping[str, object], undoing: Undoing) -> int:
    """Tell what is in place; with `--yes` undo it, tell of each as it ends, and look again. Return the worst code."""
    account, is_text = str(body.get("account", "")), arguments.output == "text"
    try:
        standing = find_standing(undoing, account)
    except RefusedError as error:
        complain(str(error))
        return REFUSED
    if is_text:
        _tell_lines(_standing_lines(standing, "" if arguments.yes else _to_carry_out(arguments)))
    if arguments.yes:
        asked = {name: body[name] for name in _SENT if name in body}
        return _carry_out(standing, asked, undoing, is_text=is_text)
    if not is_text:
        tell(all_body(standing, None))
    return ANSWERED


def _to_carry_out(arguments: argparse.Namespace) -> str:
    """Return the command that undoes what a dry run has told of, and not that of another account."""
    given = [(name, getattr(arguments, name, None)) for name in _WHERE]
    return " ".join([_TO_CARRY_OUT, *(f"--{name.replace('_', '-')} {quote(value)}" for name, value in given if value)])


def _carry_out(standing: list[Standing], asked: Mapping[str, object], undoing: Undoing, *, is_text: bool) -> int:
    told: list[Ended] = []

    def tell_end(end: Ended) -> None:
        told.append(end)
        if is_text:
            _tell_lines(ended_lines(end))

    try:
        undo_all(standing, asked, undoing, tell_end)
        ended, code = look_again(told, str(asked.get("account", "")), undoing), ANSWERED
    except BrokenPipeError:
        complain(f"nobody reads what is told: {_ended_of(told, standing)}; {_GOES_ON}")
        raise
    except KeyboardInterrupt:
        complain(f"stopped; what was asked for last may still be carried out; {_GOES_ON}")
        ended, code = told, FAILED
    except (UnreachableError, RefusedError, OSError) as error:  # what was done is told all the same
        complain(str(error))
        ended, code = told, FAILED
    if is_text:
        _tell_lines(_rest_lines(standing, ended, is_known=code == ANSWERED))
    else:
        tell(all_body(standing, ended))
    return code or worst_of(ended)


def _standing_lines(standing: list[Standing], to_carry_out: str) -> Iterator[tuple[str, str]]:
    for one in standing:
        yield from standing_lines(one)
    subjects = len({one.incident["role"] for one in standing})
    yield "In all", f"incidents: {len(standing)}, on roles and resources: {subjects}" if standing else ""
    yield "Nothing", "" if standing else "for no incident on record the guard has anything in place"
    if standing and to_carry_out:
        yield "Dry run", "nothing was changed. What is undone is open again, and waived for the time that you say"
        yield "Then", "a guard whose stack is deleted watches nothing any more"
        yield "To undo", to_carry_out


def _rest_lines(standing: list[Standing], ended: list[Ended], *, is_known: bool) -> Iterator[tuple[str, str]]:
    yield from rest_lines(ended)
    if not is_known:
        yield "Not read", f"what is left was not read again: {_ended_of(ended, standing)}"
    elif any(one.code != ANSWERED for one in ended):
        yield "To go on", _STAYS_REFUSED if any(one.code == REFUSED for one in ended) else _GOES_ON
    elif standing:
        yield "Read again", "nothing of it is left"


def _ended_of(ended: list[Ended], standing: list[Standing]) -> str:
    undone = sum(one.code == ANSWERED for one in ended)
    return f"{undone} of {len(standing)} undone"


def _tell_lines(fields: Iterator[tuple[str, str]]) -> None:
    for name, value in fields:
        for line in field_line(name, value):
            tell_line(line)
