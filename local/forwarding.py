"""What the same template, deployed in another region, sends to the bus of the home region.

Its rules are read from the template. That its role may send, and that the bus lets it in, is not looked at here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from local.deploy_context import PARTITION
from local.deploy_intrinsics import Resolver
from local.deploy_translate import load_template
from local.patterns import Pattern, parse_pattern

_BUS: Final = ":event-bus/"


class _Unmade:
    """The resources of that deployment, none of which is made here."""

    def reference(self, logical_id: str) -> str:
        """Return the name of a resource."""
        return logical_id

    def attribute(self, logical_id: str, name: str) -> str:
        """Return what stands for an attribute."""
        return f"{logical_id}.{name}"


@dataclass(slots=True)
class Forwarders:
    """The template in every region but the home one; it is read when the first event comes from elsewhere."""

    template: Path
    parameters: Mapping[str, str]
    account: str
    stack_name: str
    _patterns: dict[str, tuple[tuple[Pattern, str], ...]] = field(default_factory=dict)

    @property
    def own_bus(self) -> str:
        """Return the name of the bus to which other regions and accounts send."""
        return f"{self.stack_name}-forwards"

    def bus_for(self, event: Mapping[str, Any]) -> str | None:
        """Return the name of the bus to which an event of another region is sent, or None where no rule takes it."""
        region = str(event.get("region"))
        if region not in self._patterns:
            self._patterns[region] = tuple(self._read(region))
        return next((bus for pattern, bus in self._patterns[region] if pattern.matches(event)), None)

    def _read(self, region: str) -> Iterator[tuple[Pattern, str]]:
        template = load_template(self.template, {**self.parameters, "Part": "forward"}, region=region)
        pseudo = {
            "AWS::Region": region,
            "AWS::Partition": PARTITION,
            "AWS::AccountId": self.account,
            "AWS::StackName": self.stack_name,
        }
        resolver = Resolver(template.body, {**template.parameters, **pseudo}, _Unmade())
        for resource in template.body["Resources"].values():
            if resource["Type"] != "AWS::Events::Rule" or not resolver.holds(resource.get("Condition", "IsForwarder")):
                continue
            rule = resolver.resolve(resource["Properties"])
            for target in (one for one in rule["Targets"] if _BUS in one["Arn"]):
                yield parse_pattern(json.dumps(rule["EventPattern"])), target["Arn"].partition(_BUS)[2]
