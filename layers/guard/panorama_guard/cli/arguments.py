"""The subcommands and what they take."""

import argparse
from collections.abc import Callable, Sequence
from functools import partial

from panorama_guard.cli.operator_arguments import add_operator_commands
from panorama_guard.cli.output import ANSWERED, ESCAPED, FAILED, UNDECIDED
from panorama_guard.cli.parser import OneLineParser, TellVersion, show_examples
from panorama_guard.cli.review_arguments import add_review_commands

_EXIT_CODES = (
    f"Exit codes: {ANSWERED} contained, {ESCAPED} escaped, {UNDECIDED} undecided, "
    f"{FAILED} something could not be read, 2 wrong arguments."
)
_DECIDE_CODES = (
    f"Exit codes: {ANSWERED} every line was answered, whatever its verdict; {FAILED} a line or file could not be read "
    "(told on the error stream; the others are answered); 2 wrong arguments."
)


def parse_arguments(argv: Sequence[str] | None) -> Callable[[], int]:
    """Return what `argv` asks to be run; wrong arguments end the program with code 2."""
    parser = make_parser()
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        parser.prog = f"{parser.prog} {arguments.command}"  # whose help it is that says what it takes
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    run: Callable[[argparse.Namespace], int] = arguments.run
    return partial(run, arguments)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; shells' completion is made from it."""
    parser: argparse.ArgumentParser = OneLineParser(
        prog="panorama-guard", description="Exact decisions about IAM permission, and commands to a deployed guard."
    )
    parser.add_argument("--version", action=TellVersion, nargs=0, help="say which version is installed")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_decide(commands)
    _add_explain(commands)
    add_review_commands(commands)
    add_operator_commands(commands)
    _add_profile(commands)
    show_examples(parser, "panorama-guard audit", "panorama-guard check template.yaml", "panorama-guard COMMAND --help")
    return parser


def _add_decide(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    decide = commands.add_parser(
        "decide",
        help="is a grant inside a ceiling? JSON lines in, JSON lines out",
        description="Questions are one JSON object a line: policies and ceiling (lists of IAM documents), boundary (a "
        "document or null), id (anything); id and boundary may be left out. Each answer is one line: id, verdict "
        "(contained, escaped, undecided), witness, statement (its index counts from 0), reason. A line that is no "
        "question is undecided under its id, or without one has id null, its line number and the verdict error; empty "
        "lines are passed over. docs/explain.md has every field.",
        epilog=_DECIDE_CODES,
    )
    decide.add_argument("files", nargs="*", metavar="FILE", help="read these instead of the standard input")
    show_examples(decide, "panorama-guard decide questions.jsonl", "panorama-guard decide < questions.jsonl")
    decide.set_defaults(run=_decide)


def _add_explain(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    explain = commands.add_parser(
        "explain",
        help="why is a grant inside its ceiling, or what escapes and why is it not stopped?",
        description="Explains policy documents (--policy, --ceiling, --boundary), a question as `decide` reads it, or "
        "a role as `aws iam get-account-authorization-details --filter Role LocalManagedPolicy AWSManagedPolicy` "
        "prints it, which is judged by the profile's role of that name; of what `get-role` prints, the trust is. "
        "--policy, --ceiling and --boundary take what `get-policy-version` and `get-role-policy` print, too. "
        "docs/explain.md says what the JSON holds.",
        epilog=_EXIT_CODES,
    )
    explain.add_argument(
        "file", nargs="?", metavar="FILE", help="a question or a role; `-`, or none, is the standard input"
    )
    explain.add_argument(
        "--policy", action="append", default=[], metavar="FILE", help="a policy of the grant; may be repeated"
    )
    explain.add_argument(
        "--ceiling", action="append", default=[], metavar="FILE", help="a document of the ceiling; may be repeated"
    )
    explain.add_argument(
        "--boundary", action="append", default=[], metavar="FILE", help="a permissions boundary of the grant"
    )
    explain.add_argument("--role", metavar="NAME", help="which role of a file that holds several")
    explain.add_argument(
        "--posture",
        choices=("active", "retired"),
        help="what the profile holds a role to (default: active)",
    )
    explain.add_argument(
        "--output", choices=("text", "json"), default="text", help="for a person (default) or a machine"
    )
    show_examples(
        explain,
        "panorama-guard explain --policy policy.json --ceiling ceiling.json",
        "panorama-guard explain roles.json --role AWSPanoramaServiceRole",
    )
    explain.set_defaults(run=_explain, refuse=explain.error)


def _add_profile(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    profile = commands.add_parser("profile", help="check a profile: what the roles and resources of a service may be")
    show_examples(profile, "panorama-guard profile check mine.json")
    own = profile.add_subparsers(dest="profile_command", required=True, metavar="COMMAND")
    check = own.add_parser(
        "check",
        help="are files profiles? errors name the field and its value",
        description="Reads each FILE as the guard reads its profile, and says what it guards; of several, whether they "
        "can be used together. docs/profiles.md says how to write one.",
        epilog=f"Exit codes: {ANSWERED} all are profiles; {FAILED} one is not, or cannot be read; 2 wrong arguments.",
    )
    check.add_argument("files", nargs="+", metavar="FILE", help="a profile")
    check.add_argument("--output", choices=("text", "json"), default="text", help="for a person (default) or a machine")
    show_examples(check, "panorama-guard profile check mine.json")
    check.set_defaults(run=_check_profiles)


def _check_profiles(arguments: argparse.Namespace) -> int:
    from panorama_guard.cli.profile import check_profiles  # noqa: PLC0415 - a command loads only what it needs

    return check_profiles(tuple(arguments.files), as_json=arguments.output == "json")


def _decide(arguments: argparse.Namespace) -> int:
    from panorama_guard.cli.decide import decide  # noqa: PLC0415 - a command loads only what it needs

    return decide(arguments.files)


def _explain(arguments: argparse.Namespace) -> int:
    """Refuse arguments that do not go together, and explain."""
    from panorama_guard.cli.explain import Asked, explain  # noqa: PLC0415 - a command loads only what it needs

    documents = (*arguments.policy, *arguments.ceiling, *arguments.boundary)
    if documents and (arguments.file or arguments.role or arguments.posture):
        arguments.refuse("--policy, --ceiling and --boundary go with none of FILE, --role and --posture")
    if documents and not (arguments.policy and arguments.ceiling):
        arguments.refuse("documents need at least one --policy and one --ceiling")
    if len(arguments.boundary) > 1:
        arguments.refuse("a grant has one --boundary at most")
    asked = Asked(
        tuple(arguments.policy),
        tuple(arguments.ceiling),
        tuple(arguments.boundary),
        arguments.file or "-",
        arguments.role,
        arguments.posture,
    )
    return explain(asked, as_json=arguments.output == "json")
