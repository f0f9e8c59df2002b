"""The menu: at most five items for a role, each a group of pages; of several roles the union, grouped by role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from screening.base.errors import ConfigurationError
from screening.base.vocabulary import Role
from screening.review.pages_registry import PageRoute

MOST_ITEMS = 5

#: Item of the menu (text key `menu.<item>`) -> its pages; the first that somebody may use is where the item leads.
ITEMS: Mapping[str, tuple[str, ...]] = {
    "cases": ("/zaken", "/na-het-oordeel", "/riec", "/riec-leveringen", "/ontvangers", "/zoeken"),
    "visits": ("/bezoeken",),
    "tell": ("/meldingen",),
    "recognise": ("/herkennen",),
    "tips": ("/meldingen/postbak", "/meldingen/partners", "/contactwensen", "/meldingen/rooster", "/meldingen/cijfers"),
    "contacts": ("/contactwensen",),
    "work": ("/werk", "/niet-gezien", "/meldingen/rooster"),
    "figures": ("/overzicht", "/opbrengst", "/kwaliteit", "/nachten", "/meldingen/cijfers"),
    "policy": ("/beleid", "/regels", "/regels/drukte"),
    "approve": ("/goedkeuren", "/leveringen", "/riec", "/riec-leveringen", "/ontvangers", "/verzoeken", "/sleutels"),
    "nights": ("/nachten",),
    "rules": ("/regels", "/regels/drukte"),
    "registers": ("/leveringen", "/kwaliteit"),
    "links": ("/koppelingen",),
    "ledger": ("/logboek",),
    "papers": ("/mandaat", "/beleid", "/regels", "/regels/drukte"),
    "rights": ("/verzoeken", "/bewaren"),
    "accounts": ("/accounts", "/sleutels"),
}
#: Role -> its items, in their order. Everybody is a colleague; who has another role finds those items in the same menu.
MENUS: Mapping[Role, tuple[str, ...]] = {
    Role.OFFICER: ("cases", "visits", "tell"),
    Role.SENSITIVE_REVIEWER: ("cases", "visits", "rights", "tell"),
    Role.CONTACT_PERSON: ("tips", "recognise", "policy"),
    Role.CARE_COORDINATOR: ("contacts",),
    Role.LEAD: ("work", "figures", "policy", "approve"),
    Role.ANALYST: ("nights", "rules", "registers", "links"),
    Role.AUDITOR: ("ledger", "figures", "papers", "rights"),
    Role.ADMIN: ("accounts",),
    Role.COLLEAGUE: ("tell", "recognise"),
}
#: Begin of the path of a route -> the part of the guide that is about it; the longest counts.
GUIDE: Mapping[str, str] = {
    "/": "aanmelden",
    "/accounts": "accounts",
    "/beleid": "mandaat-en-beleid",
    "/bewaren": "bewaren-en-wissen",
    "/bezoeken": "op-bezoek",
    "/concepten": "aanmelden",
    "/contactwensen": "contactwensen",
    "/direct-gevaar": "eerst-dit-is-er-nu-gevaar",
    "/doel": "waarvoor-leest-u-dit",
    "/goedkeuren": "goedkeuren",
    "/herkennen": "herkennen",
    "/hulp": "",
    "/koppelingen": "koppelingen-bekijken",
    "/kwaliteit": "kwaliteit",
    "/leveringen": "leveringen-van-registers",
    "/logboek": "het-logboek",
    "/mandaat": "mandaat-en-beleid",
    "/meldingen": "een-melding-doorgeven",
    "/meldingen/persoon": "een-persoon",
    "/meldingen/cijfers": "meldingen-lezen",
    "/meldingen/partners": "meldingen-lezen",
    "/meldingen/postbak": "meldingen-lezen",
    "/meldingen/rooster": "meldingen-lezen",
    "/mijn-account": "sleutels",
    "/na-het-oordeel": "na-het-oordeel",
    "/nachten": "nachten",
    "/niet-gezien": "zaken-die-niemand-zag",
    "/ontvangers": "een-ontvanger",
    "/ontvangers/afspraken": "afspraken-met-partners",
    "/opbrengst": "opbrengst",
    "/overzicht": "cijfers",
    "/regels": "regels",
    "/riec": "naar-een-partner",
    "/riec-leveringen": "een-levering-ondertekenen",
    "/sleutels": "sleutels",
    "/verzoeken": "verzoeken-om-gegevens",
    "/werk": "werk-verdelen",
    "/zaken": "de-lijst-met-zaken",
    "/zaken/{case_id}": "het-dossier-lezen",
    "/zaken/{case_id}/vervolg": "na-het-oordeel",
    "/zaken/{case_id}/overdracht": "naar-een-partner-zonder-sleutel",
    "/zaken/{case_id}/notitie": "de-tweede-beoordelaar",
    "/zoeken": "een-zaak-zoeken",
}


@dataclass(frozen=True)
class MenuPage:
    """A page of an item. `name`, `hint`: text keys."""

    path: str
    name: str
    hint: str


@dataclass(frozen=True)
class MenuItem:
    """An item of the menu. `key`: its text key. `pages`: those that the person may use. `is_current`: one is shown."""

    key: str
    pages: tuple[MenuPage, ...]
    is_current: bool

    @property
    def path(self) -> str:
        """Where the item leads."""
        return self.pages[0].path


@dataclass(frozen=True)
class MenuGroup:
    """The items of a role of somebody who has several; of one role there is one group."""

    role: Role
    items: tuple[MenuItem, ...]


class Menu:
    """The menu of everybody, made once of the routes that have a place in it."""

    def __init__(self, routes: Iterable[PageRoute], texts: Mapping[str, object]) -> None:
        self._routes = {route.path: route for route in routes if route.nav}
        named = {path for pages in ITEMS.values() for path in pages}
        for role, items in MENUS.items():
            if len(items) > MOST_ITEMS:
                raise ConfigurationError(f"the menu of {role} has more than {MOST_ITEMS} items.")
        if named - set(self._routes) or set(self._routes) - named:
            raise ConfigurationError(f"in the menu or on a page alone: {sorted(named ^ set(self._routes))}.")
        for route in self._routes.values():
            for key in (route.nav, route.hint):
                if key not in texts:
                    raise ConfigurationError(f"{route.path}: the menu names {key}, and there is no such text.")

    def groups(self, roles: Iterable[Role], path: str, may_use: Callable[[PageRoute], bool]) -> list[MenuGroup]:
        """The items of these roles, each once; who has no other role has those of a colleague."""
        held = set(roles) - {Role.COLLEAGUE} or {Role.COLLEAGUE}
        held -= {Role.OFFICER} if Role.SENSITIVE_REVIEWER in held else set()  # one menu: the larger
        ordered = [role for role in MENUS if role in held]
        shown = _nearest(path, {name for role in ordered for name in MENUS[role]})
        groups, seen = [], set[str]()
        for role in ordered:
            items = [self._item(name, shown, may_use) for name in MENUS[role] if name not in seen]
            seen.update(MENUS[role])
            groups.append(MenuGroup(role, tuple(entry for entry in items if entry is not None)))
        return [group for group in groups if group.items]

    def pages(self, may_use: Callable[[PageRoute], bool]) -> list[MenuPage]:
        """Every page with a place in the menu that somebody may use, in its order."""
        paths = dict.fromkeys(path for pages in ITEMS.values() for path in pages)
        return [_page(self._routes[path]) for path in paths if may_use(self._routes[path])]

    def _item(self, name: str, shown: str, may_use: Callable[[PageRoute], bool]) -> MenuItem | None:
        pages = tuple(_page(self._routes[path]) for path in ITEMS[name] if may_use(self._routes[path]))
        return MenuItem(f"menu.{name}", pages, name == shown) if pages else None


def _nearest(path: str, names: Iterable[str]) -> str:
    """The item, of these, of the page that is shown, or of the nearest above it; empty where there is none."""
    fitting = [
        (len(page), -ITEMS[name].index(page), name)
        for name in sorted(names)
        for page in ITEMS[name]
        if f"{path}/".startswith(f"{page}/")
    ]
    return max(fitting)[2] if fitting else ""


def guide_part(path: str) -> str:
    """The anchor of the part of the guide that is about the route with this path; empty of the guide as a whole."""
    return GUIDE[max((begin for begin in GUIDE if path.startswith(begin)), key=len)]


def _page(route: PageRoute) -> MenuPage:
    return MenuPage(route.path, route.nav or "", route.hint or "")


def current_pages(groups: Sequence[MenuGroup], path: str) -> tuple[MenuPage, ...]:
    """The pages of the item that is shown, where there are several; below them the crumbs lead back."""
    pages = next((entry.pages for group in groups for entry in group.items if entry.is_current), ())
    return pages if len(pages) > 1 and path in {page.path for page in pages} else ()
