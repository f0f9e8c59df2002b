"""The menu: at most five items for a role, every page with a place in it reached, several roles grouped."""

from __future__ import annotations

import pytest

from screening.base.errors import ConfigurationError
from screening.base.vocabulary import Role
from screening.review.i18n import load_texts
from screening.review.menu import ITEMS, MENUS, MOST_ITEMS, Menu, current_pages
from screening.review.pages import all_routes
from tests.review.conftest import Review


@pytest.fixture(scope="module")
def menu() -> Menu:
    return Menu(all_routes(), load_texts())


def names(menu: Menu, *roles: Role, path: str = "/") -> list[list[str]]:
    groups = menu.groups([*roles, Role.COLLEAGUE], path, lambda route: route.allows([*roles, Role.COLLEAGUE]))
    return [[entry.key.removeprefix("menu.") for entry in group.items] for group in groups]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_has_at_most_five_items_and_each_leads_to_a_page_of_theirs(menu: Menu, role: Role) -> None:
    [items] = names(menu, role)
    assert items == list(MENUS[role])
    assert len(items) <= MOST_ITEMS


def test_several_roles_have_the_union_in_groups(menu: Menu) -> None:
    assert names(menu, Role.OFFICER, Role.LEAD) == [
        ["cases", "visits", "tell"],
        ["work", "figures", "policy", "approve"],
    ]
    assert names(menu, Role.OFFICER, Role.SENSITIVE_REVIEWER) == [["cases", "visits", "rights", "tell"]]


def test_the_item_of_the_page_that_is_shown_is_marked_with_its_pages(menu: Menu) -> None:
    groups = menu.groups([Role.OFFICER], "/riec/0123456789abcdef", lambda route: route.allows([Role.OFFICER]))
    assert [entry.key for group in groups for entry in group.items if entry.is_current] == ["menu.cases"]
    assert [page.path for page in current_pages(groups, "/riec")] == list(ITEMS["cases"])
    assert current_pages(groups, "/riec/0123456789abcdef") == ()


def test_a_page_that_no_item_holds_stops_the_start(menu: Menu) -> None:
    with pytest.raises(ConfigurationError, match="/zaken"):
        Menu([route for route in all_routes() if route.path != "/zaken"], load_texts())


def test_start_and_help_of_every_role(bare_review: Review) -> None:
    for role in Role:
        client = bare_review.client(role)
        for path in ("/", "/hulp"):
            page = client.get(path)
            assert page.status_code == 200
            assert page.text.count('href="/hulp') >= 1
            assert 'href="/direct-gevaar"' in page.text
