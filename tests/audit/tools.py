"""What checkov and pip-audit say, as what is held against a part. Silence of a tool that read nothing is a fault."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.audit.exceptions import Found

UNREAD = "unread"
# How pip-audit ends where it has no connection: with a tip, or with the exception of the library below it.
NO_CONNECTION: Final = re.compile(r"your network may be blocking|ConnectionError|ConnectTimeout|ReadTimeout|ProxyError")


@dataclass(frozen=True, slots=True)
class Said:
    """What a tool said: its JSON, if it printed some, and its errors."""

    report: Any
    errors: str
    is_late: bool = False


def template_findings(report: Any, name: str) -> Iterator[Found]:
    """Yield what checkov's JSON holds against the resources of the template of that name."""
    summary = report.get("summary", {}) if isinstance(report, Mapping) else {}
    if not summary.get("passed") or not summary.get("resource_count") or summary.get("parsing_errors"):
        yield Found(UNREAD, name, "checkov did not read the template")
        return
    for failed in report["results"]["failed_checks"]:
        yield Found(failed["check_id"], failed["resource"], failed["check_name"], name)


def unchecked_findings(report: Any, name: str) -> Iterator[Found]:
    """Yield that checkov has checks for the template of that name, or cannot read it, where it should have none."""
    counts = ("passed", "failed", "skipped", "parsing_errors")
    if not isinstance(report, Mapping) or any(report.get(count) != 0 for count in counts):
        yield Found("checked", name, "checkov has checks for the template, or could not read it")


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


def why_unreachable(said: Said) -> str:
    """Return why pip-audit could look up nothing at all; empty if it did, or failed for a reason of its own."""
    if said.is_late:
        return "the vulnerability service did not answer in time"
    if said.report is None:
        return "there is no connection to the vulnerability service" if NO_CONNECTION.search(said.errors) else ""
    packages = said.report.get("dependencies", []) if isinstance(said.report, Mapping) else []
    is_mirror = packages and all("skip_reason" in package for package in packages)
    return "the vulnerability service knows none of them, as a mirror of the registry does" if is_mirror else ""
