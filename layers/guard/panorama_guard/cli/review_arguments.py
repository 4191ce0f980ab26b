"""The subcommands `audit` and `check`, and what they take."""

import argparse

from panorama_guard.cli.reviewed import CLEAN, FAIL_ON, FOUND, IN_DOUBT, OUTPUTS, UNREAD

_EXIT_CODES = (
    f"exit codes: {CLEAN} nothing found; {FOUND} a guarded role escapes; {UNREAD} wrong arguments, or something could "
    f"not be read: no credentials, denied, no network, no such file; {IN_DOUBT} something is undecided, and nothing "
    "escapes"
)


def add_review_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands that judge roles where nothing is deployed."""
    _add_audit(commands)


def _add_audit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    audit = _add(
        commands,
        "audit",
        "judge the guarded roles of an account, with your own credentials; nothing is deployed or written",
        "Reads every role with one paginated call (iam:GetAccountAuthorizationDetails) and judges the guarded ones and "
        "those that look like them.",
        "examples:\n"
        "  panorama-guard audit --profile security\n"
        "  panorama-guard audit --output sarif > panorama.sarif\n"
        "  panorama-guard audit --posture retired --output json | jq '.roles[] | select(.verdict != \"contained\")'",
    )
    _add_connection(audit)
    audit.set_defaults(run=_audit)


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, words: str, description: str, more: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=words,
        description=f"{words[0].upper()}{words[1:]}. {description}",
        epilog=f"{more}\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--output", choices=OUTPUTS, default="text", help="for a person (default), or for a machine")
    command.add_argument(
        "--posture", choices=("active", "retired"), default="active", help="what roles are held to (default: active)"
    )
    command.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        default="undecided",
        help=f"with `escaped`, what is undecided is told and ends with {CLEAN} (default: undecided)",
    )
    return command


def _add_connection(command: argparse.ArgumentParser) -> None:
    command.add_argument("--profile", metavar="NAME", help="the AWS profile (default: AWS_PROFILE)")
    command.add_argument("--region", metavar="REGION", help="the AWS region (default: AWS_REGION, or the profile's)")
    command.add_argument(
        "--endpoint-url", dest="endpoint", metavar="URL", help="another endpoint (default: the environment's)"
    )


def _audit(arguments: argparse.Namespace) -> int:
    from panorama_guard.cli.audit import Audit, audit  # noqa: PLC0415 - a command loads only what it needs

    fields = ("profile", "region", "endpoint", "posture", "output", "fail_on")
    return audit(Audit(*(getattr(arguments, field) for field in fields)))
