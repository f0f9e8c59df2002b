"""A whole night on people and companies with both kinds of licence: the two attacks that once got through, and more.

Long: a night, every dossier that is not sensitive with its PDF, and every link.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from flows.night.run import night
from screening.base.vocabulary import Role
from screening.store.schema.cases import review_case
from screening.store.schema.runs import dossier_record, link_to_judge
from tests.both_licences import deliver_both_licences
from tests.partners.desk.disclosed import policy
from tests.review.conftest import Review, copy_workspace, review_on
from tests.review.objects import PLAIN_ROLES
from tests.review.pages import officers
from tests.review.test_sensitive import read_text

#: Registers that hold nothing sensitive, beside the ordinary rows of leidinggevenden.
ORDINARY = ("vergunningen", "handelsregister", "functionarissen", "maatregelen")
LISTS = ("/", "/zaken", "/overzicht", "/kwaliteit", "/koppelingen", "/riec", "/bezoeken/nieuw")

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Attacked:
    """A published night. `words`: what stands on sensitive records alone, and where sensitive cases are.

    `per_04`, `per_01`: the permits at whose addresses the attacks show.
    """

    review: Review
    words: frozenset[str]
    per_04: str
    per_01: tuple[str, ...]


def attack(town: Path) -> tuple[str, list[str]]:
    """Plant both attacks in the deliveries; the numbers of the permits at which they show.

    PER-04: the authority withdrew a sex licence, and its operator is on the list of a venue of somebody else. PER-01: a
    manager of three venues of three holders is on the list of a sex establishment too. The holders of the four venues
    are insolvent (ORG-02), so that each address is flagged.
    """
    names = ("vergunningen", "seksinrichtingen", "leidinggevenden", "handelsregister")
    permits, licences, lists, companies = (pl.read_csv(town / f"{name}.csv", infer_schema=False) for name in names)
    in_force = (pl.col("status") == "verleend") & pl.col("einddatum").is_null()
    of_people = licences.filter(in_force, pl.col("exploitant_geboortedatum").is_not_null())
    withdrawn, kept = of_people.row(0, named=True), of_people.row(1, named=True)
    is_single_bv = (pl.len().over("kvk_nummer") == 1) & (pl.col("rechtsvorm") == "bv") & pl.col("datum_einde").is_null()
    held = companies.filter(is_single_bv).select("kvk_nummer")
    elsewhere = licences.select("kvk_nummer").drop_nulls()
    venues = (
        permits.filter(in_force, pl.col("zaaktype") == "exploitatie")
        .join(held, on="kvk_nummer", how="semi", maintain_order="left")
        .join(elsewhere, on="kvk_nummer", how="anti", maintain_order="left")
        .unique("kvk_nummer", keep="first", maintain_order=True)
        .head(4)
    )
    numbers = venues["zaaknummer"].to_list()
    is_withdrawn = pl.col("vergunning_id") == withdrawn["vergunning_id"]
    changes = {"status": "ingetrokken", "vervalreden": "ingetrokken_overheid", "einddatum": "2026-05-01"}
    licences = licences.with_columns(
        pl.when(is_withdrawn).then(pl.lit(value)).otherwise(name).alias(name) for name, value in changes.items()
    )
    is_held = pl.col("kvk_nummer").is_in(venues["kvk_nummer"].implode())
    companies = companies.with_columns(faillissement=pl.when(is_held).then(pl.lit("ja")).otherwise("faillissement"))
    manager = {"naam": "Wiebrigje Overtoom", "geboortedatum": "1971-01-28", "datum_van": "2025-02-01"}
    operator = {"naam": withdrawn["exploitant_naam"], "geboortedatum": withdrawn["exploitant_geboortedatum"]}
    rows = [{"zaaknummer": number, **manager} for number in (*numbers[:3], kept["vergunning_id"])]
    rows.append({"zaaknummer": numbers[3], **operator, "datum_van": "2026-08-01"})
    added = pl.DataFrame(rows).with_columns(rol=pl.lit("beheerder"))
    lists = pl.concat([lists, added], how="diagonal")
    for name, frame in zip(names, (permits, licences, lists, companies), strict=True):
        frame.write_csv(town / f"{name}.csv")
    with (town / "screening.toml").open("a", encoding="utf-8") as configuration:
        for code in ("ORG-02", "PER-02", "PER-03", "PER-04"):
            configuration.write(f'\n[indicators."{code}"]\nlegal_basis = "X"\ndpia = "X"\nfg_advice = 2026-01-15\n')
    return numbers[3], numbers[:3]


def words_of_records(town: Path) -> set[str]:
    """Numbers, trade names and people that stand on sensitive records and on no other record of any register."""
    licences = pl.read_csv(town / "seksinrichtingen.csv", infer_schema=False)
    lists = pl.read_csv(town / "leidinggevenden.csv", infer_schema=False)
    is_hidden = pl.col("zaaknummer").is_in(licences["vergunning_id"].implode())
    hidden = set(lists.filter(is_hidden)["naam"])
    hidden.update(*(licences[name] for name in ("vergunning_id", "handelsnaam", "exploitant_naam")))
    texts = [
        *lists.filter(~is_hidden)["naam"].drop_nulls(),
        *((town / f"{name}.csv").read_text("utf-8") for name in ORDINARY),
    ]
    others = "\n".join(texts)
    return {word for word in hidden if word and len(word) > 5 and word not in others}


@pytest.fixture(scope="module")
def attacked(clean_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    folder = tmp_path_factory.mktemp("attacked") / "town"
    shutil.copytree(clean_town, folder, ignore=shutil.ignore_patterns("var", "truth"))
    deliver_both_licences(folder)
    per_04, per_01 = attack(folder)
    words = words_of_records(folder)
    assert len(words) > 100
    night(folder / "screening.toml")
    workspace = copy_workspace(folder / "var", tmp_path_factory.mktemp("attacked") / "w")
    with review_on(workspace, export=policy()) as review:
        with review.store.engine.connect() as connection:
            where = set(connection.scalars(sa.select(review_case.c.address).where(review_case.c.sensitive)))
        yield Attacked(review, frozenset(words | where), per_04, tuple(per_01))


def case_at_permit(review: Review, number: str) -> sa.Row:
    """The case of the address at which a permit stands."""
    at_permit = sa.select(dossier_record.c.address_id).where(dossier_record.c.key == number)
    with review.store.engine.connect() as connection:
        return connection.execute(review_case.select().where(review_case.c.address_id.in_(at_permit))).one()


def test_the_attacks_end_before_the_sensitive_reviewer(attacked: Attacked) -> None:
    """Each address is flagged by the rule that was attacked, and its case is there for nobody without the role."""
    officer = attacked.review.client(Role.OFFICER)
    for code, numbers in (("PER-04", [attacked.per_04]), ("PER-01", attacked.per_01)):
        for number in numbers:
            case = case_at_permit(attacked.review, number)
            assert code in set(attacked.review.store.evidence(case.run_id, case.address_id)["indicator"])
            assert case.sensitive
            officer.state_purpose(case.case_id)
            for page in ("", "/afdruk"):
                assert officer.get(f"/zaken/{case.case_id}{page}").status_code == 404


@pytest.mark.goal("S4", reached="a whole night on both kinds of licence: every ordinary dossier, its PDF, every link")
def test_nothing_of_a_night_is_read_without_the_role(attacked: Attacked) -> None:
    review, client = attacked.review, attacked.review.client(*PLAIN_ROLES)
    with review.store.engine.connect() as connection:
        cases = {row.case_id: row.sensitive for row in connection.execute(review_case.select())}
        links = {row.link_id: row.sensitive for row in connection.execute(link_to_judge.select())}
    assert set(cases.values()) == set(links.values()) == {True, False}
    answers = {path: client.get(path) for path in LISTS}
    for case_id, is_sensitive in cases.items():
        client.state_purpose(case_id)
        if not is_sensitive:
            officers.ready(client, case_id)
        for page in ("", "/afdruk"):
            answers[f"/zaken/{case_id}{page}"] = client.get(f"/zaken/{case_id}{page}")
    answers |= {f"/koppelingen/{link_id}": client.get(f"/koppelingen/{link_id}") for link_id in links}
    texts = {path: read_text(answer) for path, answer in answers.items()}
    seen = {path: [word for word in attacked.words if word in text] for path, text in texts.items()}
    assert {path: words for path, words in seen.items() if words} == {}
    for name, is_sensitive in cases.items():
        assert answers[f"/zaken/{name}"].status_code == (404 if is_sensitive else 200)
    for name, is_sensitive in links.items():
        assert answers[f"/koppelingen/{name}"].status_code == (404 if is_sensitive else 200)
