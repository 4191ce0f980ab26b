"""Frozen records with slots: what `dataclass(frozen=True, slots=True)` makes, at a thirtieth of its price at import.

`dataclasses` reads the source of Python itself (`inspect`) and compiles five methods for each class, and `typing` does
as much for nothing that happens at run time: on a cold start the two take longer than all that stands in `policy` and
`containment`. So both rooms keep `typing` to the type checker, by the name `TYPE_CHECKING` that it knows.

A record is a dataclass to whoever asks (`fields`, `replace`, `is_dataclass`), but only then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar, dataclass_transform

    Made = TypeVar("Made")
else:

    def dataclass_transform(**_: bool) -> Callable[[Callable], Callable]:
        """Return what leaves a function as it is: the word by which the type checker knows a maker of dataclasses."""
        return lambda maker: maker


@dataclass_transform(frozen_default=True)
def record(cls: type[Made]) -> type[Made]:
    """Return the class as a frozen record of its annotated fields: equal by class and fields, hashable, in slots.

    Methods that the class has itself are kept. Fields may have defaults, which are not copied.
    """
    names = tuple(cls.__annotations__)
    own = dict(vars(cls))
    defaults = {name: own.pop(name) for name in names if name in own}
    for left_out in ("__dict__", "__weakref__"):
        own.pop(left_out, None)
    body = {**_methods(names, defaults), **own, "__slots__": names, "__match_args__": names}
    made: type[Made] = type(cls)(cls.__name__, cls.__bases__, body)  # type: ignore[misc]
    if "__init__" not in own:
        made.__init__ = _initializer(made, names, defaults)  # type: ignore[method-assign]
    return made


def replace(item: Made, **changes: Any) -> Made:
    """Return the record with other values in some of its fields, as `dataclasses.replace` does."""
    kind: Any = type(item)
    if not changes.keys() <= set(kind.__slots__):
        raise TypeError(_misfit(item, kind.__slots__, tuple(changes.items())))
    made: Made = kind(*[changes[name] if name in changes else getattr(item, name) for name in kind.__slots__])
    return made


def names_of(kind: type) -> tuple[str, ...] | None:
    """Return the names of a record's fields in their order, or None of a class that `record` did not make."""
    described = vars(kind).get("__dataclass_fields__")
    return kind.__match_args__ if isinstance(described, _Fields) else None  # type: ignore[attr-defined]


def _methods(names: tuple[str, ...], defaults: Mapping[str, Any]) -> dict[str, Any]:
    values_of = _reader(names)

    def __eq__(self: object, other: object) -> Any:  # noqa: N807 - methods of the class that is made
        if self.__class__ is not other.__class__:
            return NotImplemented
        return values_of(self) == values_of(other)

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(values_of(self))

    def __repr__(self: object) -> str:  # noqa: N807
        shown = (f"{name}={value!r}" for name, value in zip(names, values_of(self), strict=True))
        return f"{self.__class__.__qualname__}({', '.join(shown)})"

    def __reduce__(self: object) -> Any:  # noqa: N807
        return self.__class__, values_of(self)

    frozen = {"__setattr__": _refuse, "__delattr__": _refuse, "__dataclass_fields__": _Fields(defaults)}
    made = {"__eq__": __eq__, "__hash__": __hash__, "__repr__": __repr__, "__reduce__": __reduce__}
    return {**made, **frozen}


def _reader(names: tuple[str, ...]) -> Callable[[object], tuple[Any, ...]]:
    """Return what reads all fields at once; `attrgetter` alone gives no tuple for one field, and refuses none."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda item: tuple(getattr(item, name) for name in names)


def _initializer(made: type, names: tuple[str, ...], defaults: Mapping[str, Any]) -> Callable[..., None]:
    """Return what puts the values into the slots of a class that is made."""
    count = len(names)
    slots = tuple(made.__dict__[name].__set__ for name in names)

    def __init__(self: object, *values: Any, **named: Any) -> None:  # noqa: N807
        if named or len(values) != count:
            values = _arranged(self, names, defaults, values, named)
        for place, put in enumerate(slots):
            put(self, values[place])

    return __init__


def _arranged(
    item: object, names: tuple[str, ...], defaults: Mapping[str, Any], values: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, ...]:
    """Return a value for each field, or raise TypeError."""
    filled = {**defaults, **dict(zip(names, values, strict=False)), **named}
    if len(values) > len(names) or filled.keys() != set(names) or named.keys() & names[: len(values)]:
        raise TypeError(_misfit(item, names, (*values, *named.items())))
    return tuple(filled[name] for name in names)


def _misfit(item: object, names: tuple[str, ...], given: tuple[Any, ...]) -> str:
    return f"{item.__class__.__name__} takes the fields `{', '.join(names)}`, and was given `{given}`"


def _refuse(item: object, name: str, *_: object) -> None:
    message = f"a {item.__class__.__name__} is frozen: `{name}`"
    raise AttributeError(message)


class _Fields:
    """The fields as `dataclasses` describes them, made when somebody asks."""

    __slots__ = ("defaults", "found")

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        self.defaults = defaults
        self.found: dict[str, Any] = {}

    def __get__(self, item: object, owner: type) -> dict[str, Any]:
        if not self.found:
            from dataclasses import field, make_dataclass  # noqa: PLC0415 - the point of this module

            kinds = owner.__annotations__
            listed = [
                (name, kind, field(default=self.defaults[name]) if name in self.defaults else field())
                for name, kind in kinds.items()
            ]
            self.found = vars(make_dataclass(owner.__name__, listed))["__dataclass_fields__"]
        return self.found
