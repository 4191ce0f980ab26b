"""The operator's subcommands and what they take."""

import argparse

from panorama_guard.cli.lasting import parse_lasting
from panorama_guard.cli.output import ANSWERED, DIFFERS, FAILED, REFUSED, WAITING
from panorama_guard.cli.parser import show_examples

_EXIT_CODES = (
    f"Exit codes: {ANSWERED} done, {FAILED} the guard or AWS could not be asked, or a file not be read, 2 wrong "
    f"arguments, {REFUSED} the guard refused, {WAITING} it waits (for a second operator, or for its turn), {DIFFERS} "
    "not all could be put back."
)
_EXAMPLES = {
    "approve": ("approve inc-0123456789abcdef --plan 0123456789ab",),
    "retry": ("retry inc-0123456789abcdef",),
    "undo": (
        'undo inc-0123456789abcdef --reason "CHG-1234" --for 7d',
        'undo inc-0123456789abcdef --reason "CHG-1234" --by-hand',
        'undo inc-0123456789abcdef --reason "CHG-1234" --own-profile member',
        "undo --all",
        'undo --all --yes --reason "CHG-1234" --for 1d',
    ),
    "waive": (
        'waive inc-0123456789abcdef --reason "CHG-1234" --for 7d',
        'waive inc-0123456789abcdef --reason "CHG-1234" --for 12h --document narrower.json',
    ),
    "approve-waiver": ("approve-waiver wvr-0123456789abcdef",),
    "end-waiver": ("end-waiver wvr-0123456789abcdef",),
    "pause": (
        'pause --reason "it takes away what we need" --for 30m',
        'pause --reason "a migration there" --account 111122223333',
    ),
    "resume": ("resume",),
    "sweep": ("sweep", "sweep --profile security --stack panorama-guard"),
    "incidents": ("incidents", "incidents inc-0123456789abcdef", "incidents inc-0123456789abcdef --output json"),
    "status": ("status", "status --output json"),
}


def add_operator_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands that ask a deployed guard."""
    _add_approve(commands)
    _add_undo(commands)
    _add_waivers(commands)
    _add_pause(commands)
    _add_incident(_add(commands, "retry", "have the guard try again what it could not fix"))
    _add(commands, "sweep", "have every guarded role judged now")
    incidents = _add(commands, "incidents", "list the incidents and the waivers, or tell all about one incident")
    incidents.add_argument("incident", nargs="?", metavar="INCIDENT", help="the incident to tell all about")
    _add(commands, "status", "say how the guard stands, and who you are to it")


def _add_approve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    approve = _add(commands, "approve", "let the guard carry out the plan of an incident")
    _add_incident(approve)
    approve.add_argument("--plan", metavar="HASH", help="only the plan whose hash begins so, as the alert says")


def _add_undo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    undo = _add(
        commands,
        "undo",
        "take back what the guard did about an incident",
        "The guard lifts what it put in place; what would bring an escape back is put back with your own AWS "
        "credentials. What escapes then is waived for the time that you say. Run it again to go on where it stopped.",
    )
    undo.add_argument("incident", nargs="?", metavar="INCIDENT", help="its id, as the alert says: inc-...")
    undo.add_argument("--all", action="store_true", help="every incident; without --yes only say what that would undo")
    undo.add_argument("--yes", action="store_true", help="with --all: undo them")
    undo.add_argument("--reason", help="why; it is told to the other operators")
    undo.add_argument("--for", dest="seconds", type=parse_lasting, metavar="TIME", help="for how long it is waived: 7d")
    _add_document(undo)
    undo.add_argument(
        "--own-profile", metavar="NAME", help="the AWS profile for your own half, where the role is in a member account"
    )
    undo.add_argument(
        "--by-hand",
        action="store_true",
        help="put everything back with your own credentials and waive nothing, while the guard is paused",
    )
    undo.set_defaults(run=lambda arguments: _run_undo(undo, arguments))


def _run_undo(undo: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Run an undo whose words fit together."""
    if bool(arguments.incident) is arguments.all:
        undo.error("name one INCIDENT, or --all of them")
    if not arguments.all and arguments.yes:
        undo.error("--yes is for --all")
    if arguments.all and arguments.document:
        undo.error("--document is for one INCIDENT, not for --all")
    if arguments.reason is None and (arguments.incident or arguments.yes):
        undo.error("the following arguments are required: --reason")
    return _run(arguments)


def _add_waivers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    waive = _add(commands, "waive", "let the escape of an incident stand for a while")
    _add_incident(waive)
    _add_reason(waive)
    waive.add_argument("--for", dest="seconds", type=parse_lasting, metavar="TIME", required=True, help="how long: 7d")
    _add_document(waive)
    for name, words in (("approve-waiver", "be the second operator of a waiver"), ("end-waiver", "end a waiver now")):
        _add(commands, name, words).add_argument("waiver", metavar="WAIVER", help="its id: wvr-...")


def _add_pause(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    pause = _add(commands, "pause", "stop all writes of the guard for a while")
    _add_reason(pause)
    pause.add_argument(
        "--for", dest="seconds", type=parse_lasting, metavar="TIME", help="how long: 30m (the most if none)"
    )
    _add(commands, "resume", "end the pause")


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, words: str, description: str = ""
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=words, description=description or words, epilog=_EXIT_CODES)
    which = command.add_mutually_exclusive_group()
    which.add_argument("--url", help="the function's URL (default: PANORAMA_GUARD_URL, or the stack's output)")
    which.add_argument("--stack", help="the deployed stack, whatever PANORAMA_GUARD_URL says (default: panorama-guard)")
    command.add_argument("--profile", metavar="NAME", help="the AWS profile to sign with (default: AWS_PROFILE)")
    command.add_argument("--region", metavar="REGION", help="the AWS region (default: AWS_REGION, or the profile's)")
    command.add_argument(
        "--account", metavar="ACCOUNT", help="a member account (default: that of the incident, or the guard's own)"
    )
    command.add_argument("--output", choices=("text", "json"), default="text", help="for a person, or for a machine")
    show_examples(command, *(f"panorama-guard {example}" for example in _EXAMPLES[name]))
    command.set_defaults(run=_run)
    return command


def _add_incident(command: argparse.ArgumentParser) -> None:
    command.add_argument("incident", metavar="INCIDENT", help="its id, as the alert says: inc-...")


def _add_reason(command: argparse.ArgumentParser) -> None:
    command.add_argument("--reason", required=True, help="why; it is told to the other operators")


def _add_document(command: argparse.ArgumentParser) -> None:
    command.add_argument("--document", metavar="FILE", help="the IAM document to waive (default: what escapes)")


def _run(arguments: argparse.Namespace) -> int:
    from panorama_guard.cli.operate import run_operator  # noqa: PLC0415 - a command loads only what it needs

    return run_operator(arguments)
