"""What checkov and pip-audit say, as what is held against a part. Silence of a tool that read nothing is a fault."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.audit.exceptions import Found

UNREAD = "unread"


def template_findings(report: Any, name: str) -> Iterator[Found]:
    """Yield what checkov's JSON holds against the resources of the template of that name."""
    summary = report.get("summary", {}) if isinstance(report, Mapping) else {}
    if not summary.get("passed") or not summary.get("resource_count") or summary.get("parsing_errors"):
        yield Found(UNREAD, name, "checkov did not read the template")
        return
    for failed in report["results"]["failed_checks"]:
        yield Found(failed["check_id"], failed["resource"], failed["check_name"])


def package_findings(report: Any) -> Iterator[Found]:
    """Yield what pip-audit's JSON holds against packages; one that it could not look up counts as found."""
    packages = report.get("dependencies", []) if isinstance(report, Mapping) else []
    if not packages:
        yield Found(UNREAD, "lock", "pip-audit read no package")
    for package in packages:
        if "skip_reason" in package:
            yield Found(UNREAD, package["name"], package["skip_reason"])
        for one in package.get("vulns", []):
            yield Found(one["id"], package["name"], f"{package['version']}, fixed in {', '.join(one['fix_versions'])}")
