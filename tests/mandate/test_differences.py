"""What a configuration says otherwise than the one in force is shown by section and key."""

from __future__ import annotations

from screening.mandate.differences import Difference, sections

OLD = '[municipality]\nname = "A"\n[sources.x]\npath = "x.csv"\ncodes.status = { a = ["1"] }\n[policy]\n'
NEW = '[municipality]\nname = "A" # other letters\n[sources.x]\npath = "y.csv"\n[audit]\nanchor = []\n'


def test_each_key_that_differs_is_named_with_both_values() -> None:
    listed = {section.name: section for section in sections(NEW, OLD)}
    assert list(listed) == ["municipality", "sources", "audit", "policy"]
    assert listed["municipality"].differences == ()
    assert listed["sources"].keys == 1
    assert listed["sources"].differences == (
        Difference("sources.x.codes.status.a", "['1']", None),
        Difference("sources.x.path", "x.csv", "y.csv"),
    )
    assert listed["audit"].differences == (Difference("audit.anchor", None, "[]"),)
    assert listed["policy"].differences == (Difference("policy", "{}", None),)


def test_without_one_in_force_nothing_differs() -> None:
    assert [section.differences for section in sections("\ufeff" + OLD, None)] == [(), (), ()]
