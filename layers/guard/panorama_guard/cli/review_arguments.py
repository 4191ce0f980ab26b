"""The subcommands `audit` and `check`, and what they take."""

import argparse
import re
from functools import partial
from textwrap import fill

from panorama_guard.cli.parser import WIDTH
from panorama_guard.cli.reviewed import CLEAN, FAIL_ON, FOUND, IN_DOUBT, OUTPUTS, UNREAD

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_EXIT_CODES = f"""exit codes:
  {CLEAN}  nothing found
  {FOUND}  a guarded role escapes, or a resource is open to others or without a safeguard
  {UNREAD}  wrong arguments, or something could not be read: no credentials, denied, no network, no such file
  {IN_DOUBT}  something is undecided, and nothing escapes"""


def add_review_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands that judge roles where nothing is deployed."""
    _add_audit(commands)
    _add_check(commands)
    _add_replay(commands)


def _add_audit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    audit = _add(
        commands,
        "audit",
        "judge what is guarded in an account, with your own credentials; nothing is deployed or written",
        "Reads every role with one paginated call (iam:GetAccountAuthorizationDetails) and judges the guarded ones, "
        "those that look like them, and those that are found by whom they trust and what they have; then the resources "
        "of the profile's types, in the region. The HTML page needs the extra `report`.",
        "examples:\n"
        "  panorama-guard audit --profile security\n"
        "  panorama-guard audit --output html > posture.html\n"
        "  panorama-guard audit --output sarif > panorama.sarif\n"
        "  panorama-guard audit --roles-only\n"
        "  panorama-guard audit --posture retired --output json | jq '.roles[] | select(.verdict != \"contained\")'",
    )
    audit.add_argument("--roles-only", action="store_true", help="leave resources, and what is around roles, out")
    _add_output(audit, (*OUTPUTS, "html"))
    _add_connection(audit)
    _add_stack(audit)
    audit.set_defaults(run=_audit)


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = _add(
        commands,
        "check",
        "judge the guarded roles and resources that files would make, before anything is deployed",
        "Reads CloudFormation and SAM templates (JSON, and YAML with the extra `check`), Terraform plans as `terraform "
        "show -json` prints them, and IAM documents. A folder stands for all such files in it.",
        "examples:\n"
        "  panorama-guard check template.yaml\n"
        "  panorama-guard check infra/ --output sarif > panorama.sarif\n"
        "  panorama-guard check infra/ --output html > check.html\n"
        "  terraform show -json plan.out | panorama-guard check -\n"
        "  panorama-guard check template.yaml --parameter Stage=prod\n"
        "  panorama-guard check policy.json --role AWSPanoramaServiceRole",
    )
    check.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or `-` for the standard input")
    check.add_argument("--role", metavar="NAME", help="the guarded role that IAM documents are for")
    check.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=_parameter,
        metavar="NAME=VALUE",
        help="a value of a template's parameter; may be repeated",
    )
    check.add_argument(
        "--account", action="store_true", help="read managed policies that are named by ARN from your account"
    )
    check.add_argument(
        "--owner", metavar="NUMBER", type=_account, help="the account that the files are for, by its number"
    )
    _add_output(check, (*OUTPUTS, "html"))
    _add_connection(check)
    check.set_defaults(run=_check, refuse=check.error)


def _add_replay(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    replay = _add(
        commands,
        "replay",
        "tell what the guard would see after a call, by its CloudTrail event; nothing is changed",
        "Reads an event of EventBridge, a record or a log file of CloudTrail, or what `aws cloudtrail lookup-events` "
        "prints; says which guarded roles and resources it leads to, and judges these as they are now.",
        "examples:\n"
        "  panorama-guard replay event.json\n"
        "  panorama-guard replay event.json --roles roles.json\n"
        "  panorama-guard replay event.json --offline\n"
        "  aws cloudtrail lookup-events --max-items 20 --output json | panorama-guard replay -",
    )
    replay.add_argument("file", metavar="EVENT.json", help="the event, or `-` for the standard input")
    replay.add_argument(
        "--roles", metavar="FILE", help="judge the roles that `aws iam get-account-authorization-details` printed"
    )
    replay.add_argument("--offline", action="store_true", help="read the event alone, and ask AWS nothing")
    _add_output(replay, ("text", "json"))
    _add_connection(replay)
    _add_stack(replay)
    replay.set_defaults(run=_replay, refuse=replay.error)


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        message = f"not NAME=VALUE: `{ascii(text)[1:-1]}`"
        raise argparse.ArgumentTypeError(message)
    return name, value


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, words: str, description: str, more: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=words,
        description=fill(f"{words[0].upper()}{words[1:]}. {description}", WIDTH),
        epilog=f"{more}\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
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


def _add_output(command: argparse.ArgumentParser, outputs: tuple[str, ...]) -> None:
    command.add_argument("--output", choices=outputs, default="text", help="for a person (default), or for a machine")


def _add_connection(command: argparse.ArgumentParser) -> None:
    command.add_argument("--profile", metavar="NAME", help="the AWS profile (default: AWS_PROFILE)")
    command.add_argument("--region", metavar="REGION", help="the AWS region (default: AWS_REGION, or the profile's)")
    command.add_argument(
        "--endpoint-url", dest="endpoint", metavar="URL", help="another endpoint (default: the environment's)"
    )


def _add_stack(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--stack",
        default="panorama-guard",
        help="the guard's own stack, whose roles and functions are let be (default: panorama-guard)",
    )


def _audit(arguments: argparse.Namespace) -> int:
    from panorama_guard.cli.audit import Audit, audit  # noqa: PLC0415 - a command loads only what it needs

    fields = ("profile", "region", "endpoint", "stack", "roles_only", "posture", "output", "fail_on")
    return audit(Audit(*(getattr(arguments, field) for field in fields)))


def _account(text: str) -> str:
    if not _ACCOUNT.fullmatch(text):
        message = f"not the twelve digits of an account: `{ascii(text)[1:-1]}`"
        raise argparse.ArgumentTypeError(message)
    return text


def _check(arguments: argparse.Namespace) -> int:
    """Refuse a role that nobody guards, and check."""
    from panorama_guard.aws.own_account import OwnAccount  # noqa: PLC0415 - a command loads only what it needs
    from panorama_guard.cli.check import Check, check  # noqa: PLC0415
    from panorama_guard.profile import load_profile  # noqa: PLC0415

    if arguments.role and load_profile().role_named(arguments.role) is None:
        arguments.refuse(f"--role: the profile has no role of this name: `{ascii(arguments.role)[1:-1]}`")
    connect = partial(OwnAccount, arguments.profile, arguments.region, arguments.endpoint)
    asked = Check(
        tuple(arguments.paths),
        arguments.role,
        tuple(arguments.parameter),
        connect if arguments.account else None,
        arguments.posture,
        arguments.output,
        arguments.fail_on,
        arguments.owner or "",
    )
    return check(asked)


def _replay(arguments: argparse.Namespace) -> int:
    """Refuse arguments that do not go together, and replay."""
    from panorama_guard.cli.replay import Replay, replay  # noqa: PLC0415 - a command loads only what it needs

    if arguments.roles and arguments.offline:
        arguments.refuse("--roles and --offline do not go together: a file of roles is read without AWS anyway")
    if arguments.roles == "-" == arguments.file:
        arguments.refuse("only one of EVENT.json and --roles can be the standard input")
    fields = ("file", "roles", "offline", "profile", "region", "endpoint", "stack", "posture", "output", "fail_on")
    return replay(Replay(*(getattr(arguments, field) for field in fields)))
