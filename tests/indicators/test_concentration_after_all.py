"""ADR-04 looks at the deviations of all others: a new indicator of class A or B must be among those it comes after."""


def test_concentration_is_declared_after_every_indicator_of_class_a_and_b(indicators):
    strong = {code for code, one in indicators.items() if one.cls in ("A", "B")}
    assert strong <= set(indicators["ADR-04"].after)


def test_nothing_of_class_c_counts_as_a_deviation_of_its_own(indicators):
    weak = {code for code, one in indicators.items() if one.cls == "C"}
    assert not weak & set(indicators["ADR-04"].after)


def test_no_indicator_that_concentration_comes_after_comes_after_it(indicators):
    assert not [code for code in indicators["ADR-04"].after if "ADR-04" in getattr(indicators.get(code), "after", ())]
