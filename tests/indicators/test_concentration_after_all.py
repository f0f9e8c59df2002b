"""ADR-04 and ADR-07 look at the deviations of all others: every indicator of class A or B comes before them."""

from screening.rules.registry import earlier_codes, evaluation_order


def test_every_indicator_of_class_a_and_b_and_no_other_is_looked_at(indicators):
    strong = {code for code, rule in indicators.items() if rule.cls in ("A", "B")}
    for code in ("ADR-04", "ADR-07"):
        assert set(earlier_codes(indicators[code], indicators.values())) == strong, code


def test_they_come_after_all_of_these(indicators):
    order = [rule.code for rule in evaluation_order(indicators.values())]
    for code in ("ADR-04", "ADR-07"):
        assert set(earlier_codes(indicators[code], indicators.values())) <= set(order[: order.index(code)])
