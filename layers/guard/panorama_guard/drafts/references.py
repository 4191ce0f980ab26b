"""Follows references in a plan's configuration: which resource gives a value that is known only after the apply.

https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation
"""

import re
from collections.abc import Iterator

from panorama_guard.drafts.node import Members, Node

DEEPEST = 12
_INDEX = re.compile(r"\[(?:[^\]\"]|\"(?:[^\"\\]|\\.)*\")*\]")
_MODULE = re.compile(r"module\.([^.]+)\.")
_WORDS_OF_A_RESOURCE = 2  # its type and its name
_NOTHING = Node(Members(()), 0)


def without_index(address: str) -> str:
    """Return an address without the indices of `count` and `for_each`."""
    return _INDEX.sub("", address)


class References:
    """What the expressions of a configuration name."""

    def __init__(self, plan: Node) -> None:
        """Take the plan."""
        self._root = (plan.get("configuration") or _NOTHING).get("root_module") or _NOTHING

    def of(self, address: str, attribute: str) -> tuple[str, ...]:
        """Return the addresses, without indices, of the resources that an attribute of a resource is made from."""
        named = self.named_by(address, self._expression(address, attribute) or _NOTHING)
        return tuple(dict.fromkeys(found for found, _ in named))

    def named_by(self, address: str, expression: Node) -> Iterator[tuple[str, str]]:
        """Yield what an expression of a resource names: addresses without indices, with the attribute or none."""
        modules, _ = _divided(without_index(address))
        yield from self._followed(expression, modules, DEEPEST)

    def expressions(self, address: str) -> Node:
        """Return what the configuration says of a resource."""
        return self._resource(address).get("expressions") or _NOTHING

    def is_of_one_provider(self, address: str, other: str) -> bool:
        """Say whether one provider makes two resources, as far as the configuration says."""
        keys = {self._resource(one).text("provider_config_key").rpartition(":")[2] for one in (address, other)}
        return len(keys - {""}) < _WORDS_OF_A_RESOURCE

    def has(self, address: str, attribute: str) -> bool:
        """Say whether the configuration gives an attribute at all."""
        return self._expression(address, attribute) is not None

    def _expression(self, address: str, attribute: str) -> Node | None:
        return self.expressions(address).get(attribute)

    def _resource(self, address: str) -> Node:
        modules, resource = _divided(without_index(address))
        return next((one for one in self._items(modules, "resources") if one.text("address") == resource), _NOTHING)

    def _followed(self, expression: Node, modules: tuple[str, ...], left: int) -> Iterator[tuple[str, str]]:
        references = expression.get("references")
        if left == 0 or references is None:
            return
        for item in references.items:
            if isinstance(item.value, str):
                yield from self._named(without_index(item.value).split("."), modules, left - 1)

    def _named(self, words: list[str], modules: tuple[str, ...], left: int) -> Iterator[tuple[str, str]]:
        prefix = "".join(f"module.{name}." for name in modules)
        if words[0] == "var" and len(words) > 1 and modules:
            call = self._call(modules)
            yield from self._followed(
                (call.get("expressions") or _NOTHING).get(words[1]) or _NOTHING, modules[:-1], left
            )
        elif words[0] == "module" and len(words) > _WORDS_OF_A_RESOURCE:
            inner = (*modules, words[1])
            output = (self._module(inner).get("outputs") or _NOTHING).get(words[2]) or _NOTHING
            yield from self._followed(output.get("expression") or _NOTHING, inner, left)
        elif words[0] == "data" and len(words) > _WORDS_OF_A_RESOURCE:
            yield prefix + ".".join(words[:3]), ".".join(words[3:4])
        elif len(words) >= _WORDS_OF_A_RESOURCE and words[0] not in ("var", "local", "each", "count", "module", "path"):
            yield prefix + ".".join(words[:2]), ".".join(words[2:3])

    def _module(self, modules: tuple[str, ...]) -> Node:
        found = self._root
        for name in modules:
            call = (found.get("module_calls") or _NOTHING).get(name) or _NOTHING
            found = call.get("module") or _NOTHING
        return found

    def _call(self, modules: tuple[str, ...]) -> Node:
        return (self._module(modules[:-1]).get("module_calls") or _NOTHING).get(modules[-1]) or _NOTHING

    def _items(self, modules: tuple[str, ...], name: str) -> tuple[Node, ...]:
        found = self._module(modules).get(name)
        return found.items if found is not None else ()


def last_index(address: str) -> str:
    """Return the index at the end of an address, or an empty text."""
    return address[address.rindex("[") :] if address.endswith("]") else ""


def _divided(address: str) -> tuple[tuple[str, ...], str]:
    """Return the modules that lead to a resource, and its address in the last of them."""
    modules = []
    while found := _MODULE.match(address):
        modules.append(found[1])
        address = address[found.end() :]
    return tuple(modules), address
