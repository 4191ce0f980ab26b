"""Audits each template with checkov, the main one translated, or the locked packages with pip-audit (`make audit-...`).

python -m tests.audit template
python -m tests.audit packages      (needs PyPI's own vulnerability service, which a mirror seldom has)
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
from tests.audit.tools import package_findings, template_findings
from tests.template.translation import ROOT, read_source, translate_whole

BIN = ROOT / ".venv" / "audit" / "bin"
TEMPLATES = "templates/*.yaml"  # beside the main one; checkov has no check for what is in docs/examples
LOCKS = ("layers/*/requirements.lock", "requirements/*.lock")
ALONE = {**os.environ, "BC_SKIP_MAPPING": "TRUE"}  # checkov asks nobody for guidelines


def audited_templates() -> dict[str, Any]:
    """Return each template as CloudFormation gets it, by the name of its file."""
    others = sorted(ROOT.glob(TEMPLATES))
    return {"template.yaml": translate_whole()} | {str(path.relative_to(ROOT)): read_source(path) for path in others}


def audit_template() -> Iterator[Found]:
    """Yield what checkov holds against each template, those included that it did not read."""
    flags = ("--framework", "cloudformation", "--skip-download", "--quiet", "--output", "json")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.json"
        for name, template in audited_templates().items():
            file.write_text(json.dumps(template, indent=2), encoding="utf-8")
            yield from template_findings(output_of(BIN / "checkov", "--file", file, *flags), name)


def audit_packages() -> Iterator[Found]:
    """Yield what pip-audit holds against each lock, what it could not look up included."""
    seen: set[Found] = set()
    for lock in sorted(path for pattern in LOCKS for path in ROOT.glob(pattern)):
        flags = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")
        seen |= set(package_findings(output_of(BIN / "pip-audit", "--requirement", lock, *flags)))
    yield from sorted(seen, key=lambda found: (found.check, found.part))


def output_of(*command: str | Path) -> Any:
    """Return the JSON that a tool prints; both end with 1 where they found something."""
    done = subprocess.run(command, env=ALONE, capture_output=True, text=True, check=False, timeout=600)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.stderr.write(done.stderr)
        return None


AUDITS: dict[str, Callable[[], Iterator[Found]]] = {"template": audit_template, "packages": audit_packages}


def main(audit: str) -> int:
    """Print each fault, and return how the program ends."""
    exceptions = parse_exceptions(FILE.read_text(encoding="utf-8"), audit)
    found = faults(list(AUDITS[audit]()), exceptions)
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
