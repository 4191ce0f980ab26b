"""Audits each template with checkov, the main one translated, or the locked packages with pip-audit (`make audit-...`).

python -m tests.audit template
python -m tests.audit packages      (needs PyPI's own vulnerability service, which a mirror seldom has)
python -m tests.audit reachable     (the same; where that service cannot be reached it says so, and is no failure)
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.audit.exceptions import FILE, Found, faults, parse_exceptions
from tests.audit.tools import Said, package_findings, template_findings, unchecked_findings, why_unreachable
from tests.template.translation import ROOT, read_source, translate_whole

BIN = ROOT / ".venv" / "audit" / "bin"
OTHERS = ("templates/**/*.yaml", "docs/examples/**/*.yaml")  # templates beside the main one
UNCHECKED = ("docs/examples/service-control-policy.yaml",)  # checkov has no check for what is in these
LOCKS = ("layers/*/requirements.lock", "requirements/*.lock")
ASKED_SECONDS = 120.0  # that pip-audit has for one lock; without a connection it tries for longer
ALONE = {**os.environ, "BC_SKIP_MAPPING": "TRUE"}  # checkov asks nobody for guidelines


def other_templates() -> dict[str, Any]:
    """Return each template beside the main one, by the name of its file."""
    paths = sorted(path for pattern in OTHERS for path in ROOT.glob(pattern))
    return {str(path.relative_to(ROOT)): read_source(path) for path in paths}


def audited_templates() -> dict[str, Any]:
    """Return each template that checkov has checks for, as CloudFormation gets it, by the name of its file."""
    others = {name: template for name, template in other_templates().items() if name not in UNCHECKED}
    return {"template.yaml": translate_whole()} | others


def audit_template() -> Iterator[Found]:
    """Yield what checkov holds against each template, what it did not read included."""
    unchecked = {name: template for name, template in other_templates().items() if name in UNCHECKED}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.json"
        for name, template in audited_templates().items():
            yield from template_findings(read_by_checkov(template, file), name)
        for name, template in unchecked.items():
            yield from unchecked_findings(read_by_checkov(template, file), name)


def read_by_checkov(template: Any, file: Path) -> Any:
    """Return what checkov prints of a template, written to this file."""
    flags = ("--framework", "cloudformation", "--skip-download", "--quiet", "--output", "json")
    file.write_text(json.dumps(template, indent=2), encoding="utf-8")
    return output_of(BIN / "checkov", "--file", file, *flags)


def locks() -> list[Path]:
    """Return every lock, the shortest first, which so is the quickest to ask the service about."""
    return sorted((path for pattern in LOCKS for path in ROOT.glob(pattern)), key=lambda path: path.stat().st_size)


def ask_about(lock: Path) -> Said:
    """Let pip-audit look up the packages of a lock."""
    flags = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")
    return run(BIN / "pip-audit", "--requirement", lock, *flags, patience=ASKED_SECONDS)


def audit_packages(asked: Callable[[Path], Said] = ask_about) -> Iterator[Found]:
    """Yield what pip-audit holds against each lock, what it could not look up included."""
    seen: set[Found] = set()
    for lock in locks():
        seen |= set(package_findings(asked(lock).report))
    yield from sorted(seen, key=lambda found: (found.check, found.part))


def main_reachable(asked: Callable[[Path], Said] = ask_about) -> int:
    """Audit the packages if the service says anything of the first lock; else print that nothing was audited."""
    if reason := why_unreachable(asked(locks()[0])):
        sys.stdout.write(f"NOT AUDITED: no package was looked up, {reason}\n")
        return 0
    return tell("packages", audit_packages(asked))


def output_of(*command: str | Path) -> Any:
    """Return the JSON that a tool prints, or None with its errors printed."""
    said = run(*command)
    if said.report is None:
        sys.stderr.write(said.errors)
    return said.report


def run(*command: str | Path, patience: float = 600) -> Said:
    """Return what a tool says; both end with 1 where they found something."""
    try:
        done = subprocess.run(command, env=ALONE, capture_output=True, text=True, check=False, timeout=patience)
    except subprocess.TimeoutExpired:
        return Said(None, "", is_late=True)
    try:
        return Said(json.loads(done.stdout), done.stderr)
    except json.JSONDecodeError:
        return Said(None, done.stderr)


AUDITS: dict[str, Callable[[], Iterator[Found]]] = {"template": audit_template, "packages": audit_packages}


def main(audit: str) -> int:
    """Print each fault, and return how the program ends."""
    return main_reachable() if audit == "reachable" else tell(audit, AUDITS[audit]())


def tell(audit: str, findings: Iterator[Found]) -> int:
    """Print each fault of the findings of an audit, and return how the program ends."""
    found = faults(list(findings), parse_exceptions(FILE.read_text(encoding="utf-8"), audit))
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
