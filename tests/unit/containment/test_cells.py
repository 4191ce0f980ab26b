"""The ways in which a key can answer conditions: all of them, or it is said that they are not all."""

from panorama_guard.containment.answers import Cell, supposed_cells
from panorama_guard.containment.cells import all_cells, likely_cells
from panorama_guard.policy.condition import Condition, parse_condition


def condition(operator: str, *values: str) -> Condition:
    """Return a condition on one key."""
    return parse_condition(operator, "k", values, variables=True)


def holds_of(*conditions: Condition, several: bool = False) -> set[int]:
    """Return what every cell of a key without a type holds."""
    cells = all_cells(conditions, mixed=True, several=several)
    assert cells.whole
    return {cell.holds for cell in cells.cells}


def test_what_is_unsure_may_hold() -> None:
    """The reach of a cell is what it holds and what it may."""
    assert Cell(0b0100, ("a",), 0b0001).reach == 0b0101


def test_cells_that_cost_more_than_their_budget_are_not_all() -> None:
    """So nothing is proved of such a key."""
    bounds = condition("NumericNotEquals", *map(str, range(0, 1200, 2)))
    cells = all_cells((bounds, condition("NumericLessThan", "5")), mixed=False, several=False)
    assert cells.cells
    assert not cells.whole


def test_cells_of_too_many_values_together_are_not_all() -> None:
    """Sixteen values that any set may have are more sets than are listed; single values are tried all the same."""
    conditions = tuple(condition("ForAnyValue:StringEquals", f"v{number}") for number in range(16))
    assert not all_cells(conditions, mixed=False, several=True).whole
    tried = likely_cells(conditions, mixed=False, several=True).cells
    assert {1 << number for number in range(16)} <= {cell.holds for cell in tried}


def test_of_many_values_together_those_are_listed_that_nothing_betters() -> None:
    """Every value helps one condition not to hold, and one of them another to hold: all values, or all but that one."""
    hindering = [condition("ForAllValues:StringNotEquals", f"v{number}") for number in range(16)]
    conditions = (*hindering, condition("ForAnyValue:StringEquals", "v3"))
    cells = all_cells(conditions, mixed=False, several=True, helpful=(False,) * 17)
    assert cells.whole
    every = (1 << 16) - 1
    alone = {every ^ 1 << number for number in range(16) if number != 3} | {every ^ 1 << 3 | 1 << 16}
    assert {cell.holds for cell in cells.cells} == {every, *alone, 1 << 16, 1 << 3}


def test_which_conditions_help_decides_what_is_listed_of_many_values() -> None:
    """A condition that may do both is in each combination with the best of the others."""
    conditions = tuple(condition("ForAnyValue:StringEquals", f"v{number}") for number in range(3))
    cells = all_cells(conditions, mixed=False, several=True, helpful=(True, False, None))
    assert {cell.holds for cell in cells.cells} == {0b000, 0b001, 0b010, 0b100, 0b101}


def test_a_key_that_is_asked_as_number_and_text_has_the_values_of_both() -> None:
    """The text 5 is the number, another text of the number is not the text, and a word is neither."""
    number, other, text = (
        condition("NumericEquals", "5"),
        condition("NumericEquals", "7"),
        condition("StringEquals", "5"),
    )
    assert holds_of(number, other, text) == {0b101, 0b001, 0b010, 0b000}


def test_a_number_that_a_policy_writes_as_aws_does_not_is_a_text_of_its_own() -> None:
    """Nobody says that no request has it: it may be the text and the number at once."""
    key = "aws:multifactorauthage"
    text, number = (
        parse_condition(operator, key, (value,), variables=True)
        for operator, value in (("StringEquals", "007"), ("NumericLessThan", "8"))
    )
    cells = all_cells((text, number), mixed=True, several=False).cells
    assert {(cell.holds, cell.values is None) for cell in cells} >= {(0b11, True), (0b10, False)}
    assert 0b01 not in {cell.holds for cell in cells}


def test_a_word_among_numbers_may_answer_either_way_beside_its_text() -> None:
    """Whether a negated number matches a word AWS does not say, and the word is told by its text as well."""
    assert holds_of(condition("NumericNotEquals", "5"), condition("StringLike", "x*")) == {0b00, 0b01, 0b10, 0b11}


def test_a_text_that_begins_as_anything_may_is_found_among_the_useful_ones() -> None:
    """Only one text for both is looked for, where each helps by matching."""
    both = (condition("StringLike", "*ab*"), condition("StringLike", "*ba*"))
    cells = all_cells(both, mixed=False, several=False, helpful=(True, True))
    assert cells.whole
    assert 0b11 in {cell.holds for cell in cells.cells}


PRESENT = condition("Null", "false")


def test_a_value_alone_is_told_from_that_value_with_others() -> None:
    """Of one value a plain operator is sure; of several it may say either, but then another value is among them."""
    every, plain = condition("ForAllValues:StringEquals", "a"), condition("StringEquals", "a")
    assert holds_of(every, plain, PRESENT, several=True) == {0b001, 0b111, 0b100, 0b110}


def test_two_values_that_answer_alike_are_two() -> None:
    """Both named texts satisfy the set operator, and of both at once the plain one may say no."""
    every, plain = condition("ForAllValues:StringEquals", "a", "b"), condition("StringEquals", "b", "a")
    assert holds_of(every, plain, PRESENT, several=True) == {0b001, 0b111, 0b101, 0b100, 0b110}


def test_a_pattern_leaves_more_than_one_value() -> None:
    """What a glob matches is never one value alone."""
    every, plain = condition("ForAllValues:StringLike", "a*"), condition("StringLike", "a*")
    assert 0b101 in holds_of(every, plain, PRESENT, several=True)


def test_patterns_that_are_compared_in_unlike_ways_may_both_match() -> None:
    """One of them lets no case count, so that characters that are not the same do not keep them apart."""
    conditions = (condition("StringEqualsIgnoreCase", "${t}a"), condition("StringLike", "${t}A"))
    assert 0b11 in {cell.holds for cell in supposed_cells(conditions, ("xA",))}


def test_patterns_that_no_value_makes_one_text_do_not_both_match() -> None:
    """Whatever the variable is, the one is longer than the other."""
    conditions = (condition("StringEquals", "${t}a"), condition("StringLike", "${t}"))
    assert 0b11 not in {cell.holds for cell in supposed_cells(conditions, ("xa",))}
