"""What a person at a desk asks of the running stack: its alerts, and an environment in which every client finds it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from local.stack_settings import ROOT

if TYPE_CHECKING:
    from local.demo_watch import Alert

LEFT_OUT = "(Each message ends with one line of JSON for machines, which is left out here.)"
_NO_SUBJECT = "AWS Notification Message"  # as SNS puts it over an e-mail
_FOREIGN = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")
_NOWHERE = {  # nothing listens there, and nobody's credentials are sent
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "PANORAMA_GUARD_URL": "http://127.0.0.1:1/",
}
# Version 1 of AWS's command line asks AWS itself for SQS, RDS and some others, unless it has the option.
# https://github.com/aws/aws-cli/blob/develop/awscli/customizations/overridesslcommonname.py
_AWS: Final = 'aws() { command aws ${AWS_ENDPOINT_URL:+--endpoint-url="$AWS_ENDPOINT_URL"} "$@"; }'


def environment_lines(places: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a shell is to evaluate so that AWS's clients and `panorama-guard` speak to the stack, as `you`."""
    values = {
        "AWS_ENDPOINT_URL": places["endpoint"],
        "AWS_DEFAULT_REGION": places["region"],
        "AWS_REGION": places["region"],
        "AWS_ACCESS_KEY_ID": "you",
        "AWS_SECRET_ACCESS_KEY": "local",
        "PANORAMA_GUARD_URL": places["operate_url"],
    }
    yield from _evaluated(values)
    yield f"export PATH={shlex.quote(str(ROOT / '.venv' / 'bin'))}:$PATH"


def unreachable_lines() -> Iterator[str]:
    """Yield what a shell is to evaluate where no stack runs: no client reaches anything, and `eval` fails."""
    yield from _evaluated(_NOWHERE)
    yield "false"


def _evaluated(values: Mapping[str, str]) -> Iterator[str]:
    yield f"unset {' '.join(_FOREIGN)}"
    yield from (f"export {name}={shlex.quote(value)}" for name, value in values.items())
    yield _AWS


def alert_lines(alerts: list[Alert]) -> Iterator[str]:
    """Yield alerts as a person reads them, without the line for machines."""
    for alert in alerts:
        subject = alert.subject or _NO_SUBJECT
        yield from (subject, "-" * len(subject), alert.text or json.dumps(alert.body, indent=2), "")
    yield LEFT_OUT if alerts else "no alert is waiting"
