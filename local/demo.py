"""`make demo`: boots the whole monitor on this machine, attacks the guarded roles, and holds the guard to its word."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from local.demo_scenes import ATTACKS, HARMLESS, Scene
from local.demo_watch import STACK_FILE, Alert, Watch
from local.seed import seed_roles
from panorama_guard.case.incident import Incident, State

WIDTH = 118
ABRIDGED = "Commands are shown abridged: `...`, and what stands after `#`, is a document or an ARN."
REAL = """Real: the decision engine; the functions, from `sam build`, in AWS's Lambda runtime interface client and
emulator; everything that `template.yaml` says: rules, patterns, queues, retries, dead letters, environment, timeouts;
and each function's IAM permissions, held against every call that it makes. Emulated: AWS's API and its state (moto),
CloudTrail, and the delivery between services. CloudTrail's own delay, seconds to minutes in AWS, is not emulated."""
PAGE = Path(".local/posture.html")
ATTACKER = ("Developer", "mallory")


@dataclass(frozen=True, slots=True)
class Row:
    """How one scene went; `failures` names what did not hold."""

    title: str
    outcome: str
    seconds: str
    failures: tuple[str, ...]


def main() -> int:
    """Run the demo; return 0 only if everything that it claims held."""
    console = Console(width=WIDTH, highlight=False)
    with console.status("starting the stack: AWS API, rules, queues, ledger, functions"):
        started = subprocess.run(_local("up"), check=False, capture_output=True, text=True)
    if started.returncode:
        Console(stderr=True).print(started.stderr.strip() or started.stdout.strip(), markup=False)
        return 1
    try:
        stack = json.loads(STACK_FILE.read_text())
        console.print(f"A stack of its own, on {stack['endpoint']}, in mode {stack['mode']}.", markup=False)
        console.print(f"{REAL}\n\n{ABRIDGED}\n", markup=False)
        rows = _story(console, Watch(stack))
    except (BotoCoreError, ClientError, LookupError, OSError) as error:
        Console(stderr=True).print(f"the demo could not go on: {error}", markup=False)
        return 1
    finally:
        subprocess.run(_local("down"), check=False, capture_output=True)
    return _finish(console, rows)


def _local(command: str) -> list[str]:
    arguments = ["--mode", "enforce", "--posture", "active", "--port", "0"] if command == "up" else []
    return [sys.executable, "-m", "local", command, *arguments]


def _story(console: Console, watch: Watch) -> list[Row]:
    console.rule("[bold]The account: six service roles, as AWS Panorama's console made them")
    for name in seed_roles(watch.client("iam")):
        console.print(f"  created {name}", highlight=False)
    iam = watch.client("iam", _become_attacker(watch))
    rows = [_healthy(console, watch)]
    rows += [_harmless(console, watch, iam, scene) for scene in HARMLESS]
    rows += [_attack(console, watch, iam, scene) for scene in ATTACKS]
    return [*rows, _report(console, watch)]


def _become_attacker(watch: Watch) -> dict[str, str]:
    role, session = ATTACKER
    trust = {"Effect": "Allow", "Principal": {"AWS": watch.account}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = watch.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    credentials: dict[str, str] = watch.client("sts").assume_role(RoleArn=arn, RoleSessionName=session)["Credentials"]
    return credentials


def _healthy(console: Console, watch: Watch) -> Row:
    failures = [] if watch.settle() else ["the stack did not come to rest"]
    failures += [f"an alert: {alert.subject}" for alert in watch.alerts()]
    console.print("  judged: each is inside its profile. Alerts: none.\n" if not failures else f"  {failures}\n")
    return Row("six healthy roles", "silence", "-", tuple(failures))


def _harmless(console: Console, watch: Watch, iam: Any, scene: Scene) -> Row:
    console.rule(f"[bold]Harmless: {scene.title}")
    console.print(f"  $ {scene.command}", markup=False)
    scene.act(iam, watch.account)
    failures = [] if watch.settle() else ["the stack did not come to rest"]
    failures += [f"an alert: {alert.subject}" for alert in watch.alerts()]
    failures += [] if watch.may(scene.role, scene.kept) else ["in-pattern permission is gone"]
    console.print("  judged: inside the naming pattern. Alerts: none.\n" if not failures else f"  {failures}\n")
    return Row(scene.title, "silence", "-", tuple(failures))


def _attack(console: Console, watch: Watch, iam: Any, scene: Scene) -> Row:
    console.rule(f"[bold]Attack: {scene.title}")
    console.print(f"  $ {scene.command}", markup=False)
    known = watch.incidents(scene.role)
    start = time.monotonic()
    scene.act(iam, watch.account)
    incident = watch.outcome(scene.role, known)
    seconds = time.monotonic() - start
    if incident is None:
        return Row(scene.title, "nothing happened", "-", ("no incident came to an outcome",))
    failures = _failures(watch, scene, incident)
    alerts = watch.alerts()
    failures += [] if len(alerts) == 1 else [f"{len(alerts)} alerts instead of one"]
    _show(console, incident, alerts, seconds)
    return Row(scene.title, incident.state.value, f"{seconds:.2f}", tuple(failures))


def _report(console: Console, watch: Watch) -> Row:
    """Have the report written and the digest told, as each morning, and leave the page behind."""
    console.rule("[bold]The morning after: the digest, and the report that it leads to")
    page = watch.report()
    alerts = watch.alerts()
    for alert in alerts:
        console.print(Panel(Text(alert.text), title=Text(alert.subject), title_align="left", border_style="yellow"))
    failures = [] if len(alerts) == 1 else [f"{len(alerts)} digests instead of one"]
    failures += [] if page.startswith("<!DOCTYPE html>") else ["no page was written"]
    PAGE.write_text(page, encoding="ascii")
    console.print(f"  the page is left in {PAGE}: open it in a browser\n", markup=False)
    return Row("the digest and the report", "told", "-", tuple(failures))


def _failures(watch: Watch, scene: Scene, incident: Incident) -> list[str]:
    """Return what does not hold, by the demo's own reading of the role."""
    failures = [] if incident.state is State.CONTAINED else [f"{incident.state.value}: {incident.reason}"]
    failures += [] if watch.settle() else ["the stack did not come to rest"]
    failures += [f"still found: {finding.kind.value}" for finding in watch.judge(scene.role).findings]
    failures += [] if watch.may(scene.role, scene.kept) else ["in-pattern permission is gone"]
    failures += [] if incident.cause.actor.endswith("/".join(ATTACKER)) else [f"blamed {incident.cause.actor}"]
    return failures


def _show(console: Console, incident: Incident, alerts: list[Alert], seconds: float) -> None:
    cause, evidence, remedy = incident.cause, incident.evidence, incident.remedy
    facts = (
        ("event", f"{cause.event_source} {cause.event_name} {cause.event_id}, by {cause.actor}"),
        ("verdict", f"escaped: {evidence.action} on {evidence.resource}"),
        ("", f"granted by {evidence.statement}"),
        ("plan", "; ".join(remedy.steps)),
        ("proof", remedy.proof),
        ("verified", incident.reason),
        ("time", f"{seconds:.2f} s from the call to the verified containment"),
    )
    table = Table.grid(padding=(0, 1))
    table.add_column(style="dim", width=9, justify="right")
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(name, Text(value))
    console.print(table)
    for alert in alerts:
        console.print(Panel(Text(alert.text), title=Text(alert.subject), title_align="left", border_style="yellow"))


def _finish(console: Console, rows: list[Row]) -> int:
    table = Table(title="What was claimed, and whether it held", width=WIDTH)
    for heading in ("scene", "outcome", "seconds", "held"):
        table.add_column(heading)
    for row in rows:
        held = "; ".join(row.failures) or "yes"
        table.add_row(row.title, row.outcome, row.seconds, Text(held))
    console.print(table)
    failed = [row for row in rows if row.failures]
    console.print(f"{len(rows) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
