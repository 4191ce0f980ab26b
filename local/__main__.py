"""`python -m local up | down | status | seed | alerts | env`: the stack on one machine, from the command line."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from local.deploy_errors import DeployError
from local.desk import alert_lines, environment_lines, unreachable_lines
from local.front_errors import PortInUseError, refuse_taken_port
from local.runtime_folder import RuntimeMissingError
from local.stack_process import ProcessError, find_stack, start_in_background, stop_stack
from local.stack_settings import DEFAULTS, FOLDER, REGION, TEMPLATE, Settings

_MAX_PORT: Final = 65535


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Print the line and end."""
        _say(message)
        raise SystemExit(1)


def main(arguments: list[str]) -> int:
    """Do what the command line says and return the exit code; what cannot be done is told in one line."""
    chosen = _parser().parse_args(arguments)
    _forget_accounts()
    try:
        return _COMMANDS[chosen.command](chosen, arguments[1:])
    except (DeployError, PortInUseError, ProcessError, RuntimeMissingError) as error:
        _say(str(error))
        return 1


def _up(chosen: argparse.Namespace, arguments: list[str]) -> int:
    _refuse_second(chosen.folder)
    if chosen.foreground:
        return _serve(_settings(chosen))
    places = start_in_background(chosen.folder, [each for each in arguments if each != "--detach"])
    print(f"panorama-guard is up at {places['endpoint']} in mode {places['mode']}; {chosen.folder}/stack.json says all")  # noqa: T201
    return 0


def _vacant(chosen: argparse.Namespace, _: list[str]) -> int:
    from local.deploy_translate import load_template  # noqa: PLC0415 - SAM's translator takes a while to import

    _refuse_second(chosen.folder)
    refuse_taken_port(chosen.port)
    if TEMPLATE.is_file():  # in a fresh clone there is none yet; what is wrong is refused after the build then
        load_template(TEMPLATE, _settings(chosen).parameters, region=REGION)  # refuses what the template does not allow
    return 0


def _refuse_second(folder: Path) -> None:
    if (running := find_stack(folder)) is not None:
        message = f"a stack is running already, stop it with `make down`: `{running['endpoint']}`"
        raise ProcessError(message)


def _serve(settings: Settings) -> int:
    gc.disable()  # what is loaded is no garbage: the stack turns it on again once it is up
    from local.stack import serve_until_told, start_stack  # noqa: PLC0415 - moto takes a second to import

    stack = start_stack(settings)
    _say(f"up at {stack.front.endpoint}")
    serve_until_told(stack)
    return 0


def _down(chosen: argparse.Namespace, _: list[str]) -> int:
    print("panorama-guard is down" if stop_stack(chosen.folder) else "no stack is running")  # noqa: T201
    return 0


def _status(chosen: argparse.Namespace, _: list[str]) -> int:
    places = find_stack(chosen.folder)
    print(json.dumps(places, indent=2) if places else "no stack is running")  # noqa: T201
    return 0 if places else 1


def _seed(chosen: argparse.Namespace, _: list[str]) -> int:
    places = _running(chosen.folder)
    from local.seed import seed_roles  # noqa: PLC0415 - boto3 takes a while to import

    for name in seed_roles(_client("iam", places)):
        print(f"created {name}")  # noqa: T201
    return 0


def _alerts(chosen: argparse.Namespace, _: list[str]) -> int:
    places = _running(chosen.folder)
    from local.demo_watch import Watch  # noqa: PLC0415 - as above

    watch = Watch(places)
    if not watch.settle():
        _say("the guard is still at work; these are the alerts so far")
    print("\n".join(alert_lines(watch.alerts())))  # noqa: T201
    return 0


def _env(chosen: argparse.Namespace, _: list[str]) -> int:
    try:
        places = _running(chosen.folder)
    except ProcessError:
        print("\n".join(unreachable_lines()))  # noqa: T201
        raise
    print("\n".join(environment_lines(places)))  # noqa: T201
    return 0


def _running(folder: Path) -> dict[str, Any]:
    places = find_stack(folder)
    if places is None:
        message = "no stack is running, start one with `make up`"
        raise ProcessError(message)
    return places


def _forget_accounts() -> None:
    """Drop profiles, credentials and regions of this shell: nothing here speaks to a real account."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        del os.environ[name]


def _client(service: str, places: Mapping[str, Any]) -> Any:
    import boto3  # noqa: PLC0415 - as above

    session: Any = boto3.session.Session()
    return session.client(
        service,
        endpoint_url=places["endpoint"],
        region_name=places["region"],
        aws_access_key_id="operator",
        aws_secret_access_key="local",  # noqa: S106 - any secret will do
    )


def _settings(chosen: argparse.Namespace) -> Settings:
    parameters = {**DEFAULTS, "Mode": chosen.mode, "Posture": chosen.posture, **dict(chosen.param)}
    return Settings(
        port=chosen.port,
        parameters=parameters,
        retry_seconds=chosen.retry,
        propagation_seconds=chosen.propagation,
        folder=chosen.folder,
        template=chosen.template,
        is_warmed=not chosen.cold,
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m local", description="The monitor on one machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in _WORDS.items():
        command = commands.add_parser(name, help=words)
        command.add_argument("--folder", type=lambda text: Path(text).resolve(), default=FOLDER)
        if name in ("up", "vacant"):
            _add_options(command)
    return parser


def _add_options(up: argparse.ArgumentParser) -> None:
    up.add_argument("--mode", default="observe", help="observe, approve or enforce, and kinds that differ")
    up.add_argument("--posture", default="active", help="active or retired")
    up.add_argument("--port", type=_port, default=4566, help="0 takes a free one")
    up.add_argument("--retry", type=_retry, default=1.0, help="seconds, or `template`")
    up.add_argument("--propagation", type=_seconds, default=0.0, help="seconds during which IAM reads are stale")
    up.add_argument("--param", type=_parameter, action="append", default=[], help="Name=value of template.yaml")
    up.add_argument("--template", type=lambda text: Path(text).resolve(), default=TEMPLATE)
    up.add_argument("--cold", action="store_true", help="do not load the functions before the first event")
    up.add_argument("--foreground", action="store_true", help="stay until told to stop")
    up.add_argument("--detach", action="store_true", help="run in the background, which is the default")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > _MAX_PORT:
        message = f"must be a number from 0 to {_MAX_PORT}: `{text}`"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _retry(text: str) -> float | None:
    return None if text == "template" else _seconds(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 43200:  # noqa: PLR2004 - SQS's longest visibility timeout
        message = f"must be a number of seconds from 0 to 43200: `{text}`"
        raise argparse.ArgumentTypeError(message)
    return value


def _parameter(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        message = f"must be Name=value: `{text}`"
        raise argparse.ArgumentTypeError(message)
    return name, value


def _say(text: str) -> None:
    print(f"panorama-guard local: {text}", file=sys.stderr, flush=True)  # noqa: T201 - the stack's log


_WORDS: Final = {
    "up": "start",
    "down": "stop",
    "status": "say where it is",
    "seed": "create roles",
    "alerts": "print the alerts that wait, and delete them",
    "env": "print what a shell is to evaluate",
    "vacant": "fail if a stack is running, the port is taken, or a setting is none",
}
_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace, list[str]], int]]] = {
    "up": _up,
    "down": _down,
    "status": _status,
    "seed": _seed,
    "alerts": _alerts,
    "env": _env,
    "vacant": _vacant,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
