"""The addresses of a synthetic municipality: streets on a grid, buildings, objects, functions, areas, coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from pyproj import Transformer

from screening.synthetic import words

CODE = "9999"
#: Where the first place lies (metres, EPSG:28992), and how far the second lies from it.
CENTRE_RD = (181_000.0, 449_000.0)
SECOND_PLACE_OFFSET_RD = (6_500.0, 5_200.0)
GRID_TURN_DEGREES = 23.0
STREET_SPACING_METRES = 55.0
LAST_POSTCODE = 9999
HOUSE_SPACING_METRES = 9.0
STREET_GAP_METRES = 60.0
BUILDINGS_PER_STREET = (18, 76)
SECOND_PLACE_SHARE = 0.3

#: Share of single-object buildings by function; the rest are homes.
FUNCTION_SHARES: dict[str, float] = {
    "bijeenkomstfunctie": 0.27,
    "kantoorfunctie": 0.05,
    "winkelfunctie": 0.06,
    "logiesfunctie": 0.03,
    "industriefunctie": 0.025,
    "woonfunctie|winkelfunctie": 0.01,
    "overige gebruiksfunctie": 0.005,
}
#: Objects in a building, their probability, and what follows the house number.
BUILDING_SIZES: tuple[tuple[int, float], ...] = ((1, 0.80), (2, 0.09), (3, 0.06), (6, 0.035), (12, 0.015))


@dataclass
class Town:
    """`bag`: one row an address, in the order of its index, with everything a BAG row needs (all typed, not text).

    `single`: whether the building holds this one object only; `usable`: object in use in a building in use.
    """

    bag: pl.DataFrame
    single: np.ndarray
    usable: np.ndarray
    function: np.ndarray

    def indices(self, function: str) -> np.ndarray:
        """Addresses in use, alone in their building, with exactly this function."""
        return np.flatnonzero(self.usable & self.single & (self.function == function))


def street_names(rng: np.random.Generator, count: int) -> list[str]:
    """Distinct street names; every stem is spread over prefixes and suffixes before any is used again.

    Of a town of more than a million and a half addresses some have two prefixes: "Oude Kleine Kerkstraat".
    """
    plain = [stem + suffix for stem in words.STREET_STEMS for suffix in words.STREET_SUFFIXES]
    prefixed = [f"{prefix} {name}" for prefix in words.STREET_PREFIXES for name in plain]
    if count > len(prefixed):
        prefixed += [f"{prefix} {name}" for prefix in words.STREET_PREFIXES for name in prefixed]
    if count > len(prefixed):
        raise ValueError(f"{count} streets wanted, {len(prefixed)} names can be made: ask for fewer addresses")
    order = rng.permutation(len(plain))[: count - count // 3]
    names = [plain[i] for i in order]
    order = rng.permutation(len(prefixed))[: count - len(names)]
    return [*names, *(prefixed[i] for i in order)]


def _buildings(rng: np.random.Generator, addresses: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per address: its building, its place in the building, and the number of objects in the building."""
    sizes = np.array([size for size, _ in BUILDING_SIZES])
    chances = np.array([chance for _, chance in BUILDING_SIZES])
    drawn = sizes[rng.choice(len(sizes), size=addresses, p=chances)]
    drawn = drawn[: int(np.searchsorted(np.cumsum(drawn), addresses)) + 1]
    building = np.repeat(np.arange(len(drawn)), drawn)[:addresses]
    first = np.searchsorted(building, building, side="left")
    inside = np.arange(addresses) - first
    count = np.bincount(building)[building]
    return building, inside, count


def build_town(rng: np.random.Generator, addresses: int) -> Town:
    """The town of so many addresses (every address one object; second addresses come on top when writing)."""
    building, inside, count = _buildings(rng, addresses)
    buildings = int(building[-1]) + 1
    lengths = rng.integers(*BUILDINGS_PER_STREET, size=2 + buildings // BUILDINGS_PER_STREET[0])
    street_of_building = np.searchsorted(np.cumsum(lengths), np.arange(buildings), side="right")
    streets = int(street_of_building[-1]) + 1
    street = street_of_building[building]
    place_of_street = (np.arange(streets) >= streets * (1 - SECOND_PLACE_SHARE)).astype(int)
    place = place_of_street[street]

    # A building of several takes consecutive numbers, letters or additions; the numbers of a street never repeat.
    drawn_style = rng.integers(0, 3, buildings)[building]
    style = np.where(count == 1, 9, np.where(count > 3, drawn_style % 2, drawn_style))
    takes = np.where(style == 0, count, 1)[np.searchsorted(building, np.arange(buildings))]
    before = np.concatenate([[0], np.cumsum(takes)[:-1]])
    start_of_street = before[np.searchsorted(street_of_building, np.arange(streets))]
    number = before[building] - start_of_street[street] + 1 + np.where(style == 0, inside, 0)
    letter = np.where(style == 2, np.array(list("ABCDEFGHIJKL"))[inside], "")
    lone_letter = (count == 1) & (rng.random(addresses) < 0.03)
    letter = np.where(lone_letter, "A", letter)
    ground_floor = np.where(count <= 3, "hs", "H")
    addition = np.where(style == 1, np.where(inside == 0, ground_floor, inside.astype(str)), "")

    function = _functions(rng, building, buildings, count)
    area = _areas(rng, function)
    object_code = np.where((function == "woonfunctie") & (count == 1) & (rng.random(addresses) < 0.004), "02", "01")
    status, building_status, usable = _statuses(rng, addresses, building, object_code)
    rd_x, rd_y = _coordinates(rng, street_of_building, place_of_street, building, number)
    serial = rng.permutation(addresses) + 1
    building_serial = (rng.permutation(buildings) + 1)[building]

    names = np.array(street_names(rng, streets))
    bag = pl.DataFrame(
        {
            "adresseerbaar_object_id": [f"{CODE}{code}{i:010d}" for code, i in zip(object_code, serial, strict=True)],
            "nummeraanduiding_id": [f"{CODE}20{i:010d}" for i in serial],
            "pand_id": np.where(object_code == "02", "", [f"{CODE}10{i:010d}" for i in building_serial]),
            "straatnaam": names[street],
            "huisnummer": number.astype(np.int64),
            "huisletter": letter,
            "huisnummertoevoeging": addition,
            "postcode": _postcodes(street, number, place),
            "woonplaats": np.array(words.PLACES)[place],
            "gebruiksdoelen": np.where(object_code == "02", "", function),
            "oppervlakte": np.where(object_code == "02", 0, area),
            "status": status,
            "pand_status": np.where(object_code == "02", "", building_status),
            "rd_x": rd_x,
            "rd_y": rd_y,
        }
    ).with_columns(pl.col("oppervlakte").replace(0, None), pl.col(pl.String).replace("", None))
    longitude, latitude = Transformer.from_crs(28992, 4326, always_xy=True).transform(rd_x, rd_y)
    bag = bag.with_columns(pl.Series("lon", longitude), pl.Series("lat", latitude))
    return Town(bag=bag, single=(count == 1) & (object_code == "01"), usable=usable, function=function)


def _functions(rng: np.random.Generator, building: np.ndarray, buildings: int, count: np.ndarray) -> np.ndarray:
    """Function per address; buildings of several objects are homes, with a shop below here and there."""
    names = np.array([*FUNCTION_SHARES, "woonfunctie"])
    shares = np.array([*FUNCTION_SHARES.values(), 1 - sum(FUNCTION_SHARES.values())])
    drawn = names[rng.choice(len(names), size=buildings, p=shares)][building]
    return np.where(count == 1, drawn, "woonfunctie")


def _areas(rng: np.random.Generator, function: np.ndarray) -> np.ndarray:
    """Square metres; a few objects carry the register's 1 and 999999 for "unknown"."""
    middle = {"woonfunctie": 95, "bijeenkomstfunctie": 150, "logiesfunctie": 420, "kantoorfunctie": 180}
    centre = np.array([middle.get(name, 120) for name in function], dtype=float)
    area = np.clip(np.rint(centre * np.exp(rng.normal(0, 0.3, len(function)))), 24, 4000).astype(np.int64)
    chance = rng.random(len(function))
    return np.where(chance < 0.002, 1, np.where(chance > 0.998, 999_999, area))


def _statuses(
    rng: np.random.Generator, addresses: int, building: np.ndarray, object_code: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Status of the object and of its building, and whether both are in use."""
    chance = rng.random(addresses)
    status = np.full(addresses, "Verblijfsobject in gebruik", dtype=object)
    status[chance < 0.004] = "Verblijfsobject gevormd"
    status[(chance >= 0.004) & (chance < 0.006)] = "Verblijfsobject buiten gebruik"
    status[object_code == "02"] = "Plaats aangewezen"
    pand = rng.random(int(building[-1]) + 1)[building]
    pand_status = np.where(pand < 0.002, "Bouw gestart", np.where(pand < 0.004, "Verbouwing pand", "Pand in gebruik"))
    usable = np.isin(status, ["Verblijfsobject in gebruik", "Plaats aangewezen"]) & (pand_status == "Pand in gebruik")
    return status.astype(str), pand_status, usable


def _postcodes(street: np.ndarray, number: np.ndarray, place: np.ndarray) -> np.ndarray:
    """One postcode for each side of forty numbers of a street."""
    block = street * 64 + np.minimum(number // 40, 31) * 2 + number % 2
    index = np.unique(block, return_inverse=True)[1]
    place_of_block = place[np.unique(block, return_index=True)[1]]
    within = np.where(place_of_block == 0, np.cumsum(place_of_block == 0), np.cumsum(place_of_block == 1)) - 1
    letters = np.array([a + b for a in words.POSTCODE_LETTERS for b in words.POSTCODE_LETTERS])
    steps = within // len(letters)
    digits = np.array(words.POSTCODE_BASE)[place_of_block] + steps
    if digits.max(initial=0) > LAST_POSTCODE:
        digits = np.array(words.POSTCODE_BASE_OF_LARGEST)[place_of_block] + steps
    codes = np.array([f"{d}{s}" for d, s in zip(digits, letters[within % len(letters)], strict=True)])
    return codes[index]


def _coordinates(
    rng: np.random.Generator,
    street_of_building: np.ndarray,
    place_of_street: np.ndarray,
    building: np.ndarray,
    number: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Streets are parallel and never cross, so that the nearest object to a pin is never in doubt.

    Numbers stand on two sides of a street, at least 9 m from each other; objects of one building share its point.
    """
    streets = len(place_of_street)
    columns = max(2, int(np.sqrt(streets / 4)))
    position = np.where(place_of_street == 0, np.cumsum(place_of_street == 0) - 1, np.cumsum(place_of_street == 1) - 1)
    first_number = number[np.searchsorted(building, np.arange(len(street_of_building)))]
    along = (first_number // 2) * HOUSE_SPACING_METRES
    along = along + (position[street_of_building] % columns) * (along.max() + STREET_GAP_METRES)
    across = (position[street_of_building] // columns) * STREET_SPACING_METRES + (first_number % 2) * 20.0
    angle = np.deg2rad(GRID_TURN_DEGREES)
    place = place_of_street[street_of_building]
    east = CENTRE_RD[0] + place * SECOND_PLACE_OFFSET_RD[0] + along * np.cos(angle) - across * np.sin(angle)
    north = CENTRE_RD[1] + place * SECOND_PLACE_OFFSET_RD[1] + along * np.sin(angle) + across * np.cos(angle)
    return np.round(east[building], 1), np.round(north[building], 1)
