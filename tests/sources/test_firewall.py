"""Columns that may never be read are known by every usual spelling of their header; no ordinary header is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.base.errors import ForbiddenColumnError
from screening.sources.firewall import check_header, forbidden_category

FORBIDDEN = """
nationaliteit Nationaliteiten nationaliteitCode houderNationaliteit aanvragernationaliteit nationality NATIONALITEIT
nationalité n_a_t_i_o_n_a_l_i_t_e_i_t tweede_nationaliteit land_van_nationaliteit staatsburgerschap citizenship
etniciteit ethniciteit ethnicity étnicité etnische_achtergrond ethnic_group huidskleur Huidskleur_code skin_colour
skinColor herkomst Herkomst land_van_herkomst landVanHerkomst herkomstland herkomst_houder afkomst
migratieachtergrond origin country_of_origin origin_group descent ras race roots geboorteland gebLand land_geboorte
geboorte_plaats geboorteplaats geboorteplaatsHouder geboren_te birthplace birth_place place_of_birth
country_of_birth birthCountry verblijfsstatus verblijfsTitel verblijfsrecht verblijfsvergunning residence_status
residence_permit immigration_status vreemdelingennummer v_nummer statushouder asiel geslacht geslachtsaanduiding
Geslacht_houder geslacht1 geslachtCode gender houder_gender sekse sex M/V man_vrouw aanhef salutation leeftijd
leeftijdscategorie age burgerlijke_staat marital_status kinderen aantal_kinderen gezinssamenstelling zwangerschap
taal Talen moedertaal voorkeurstaal taalniveau language preferred_language native_language tolk_nodig religie
Religieuze_gezindte geloof geloofsovertuiging godsdienst religion levensovertuiging politieke_voorkeur vakbond
vakbondslidmaatschap seksuele_gerichtheid seksueleGeaardheid sexual_orientation gezondheid gezondheidstoestand
health health_status medische_gegevens diagnose handicap arbeidsongeschikt verslaving uitkering uitkeringen
bijstandsuitkering soort_uitkering wwUitkering toeslagen huurtoeslag inkomen jaarinkomen income benefits woz_waarde
waterverbruik schulden schuld schuldsanering schuldhulpverlening betalingsachterstand debts wsnp bsn BSN Bsn
BSNnummer BSN-nummer bsn_nr b.s.n. bsn2 houder_bsn klantbsn inpBsn burgerservicenummer BurgerServiceNummer
sofinummer ssn A-nummer anummer a_nummer inpA_nummer paspoortnummer rijbewijsnummer id_document identiteitsbewijs
iban bankrekeningnummer kenteken license_plate strafblad antecedenten strafrechtelijk_verleden politiemutatie
bibob_inhoud bibob_advies mma_tekst melder_naam melderNaam naam_melder melder melder_email emailMelder
melder_telefoon melderadres reporter reporter_name reporter_phone klager naam_klager tipgever sekswerker
sekswerker_naam naamProstituee prostituees aantal_prostituees telefoon_sekswerker sex_worker_name werknaam bewoner
bewoners naam_bewoner bewonersnaam hoofdbewoner resident_name residents huurder naam_huurder inwoners tenant_name
keukentype cuisine corporatiebezit kwetsbare_wijk vestigingsland landVanGeboorte place_born asielstatus
vluchtelingenstatus visa_type Sex_of_applicant title_mr/mrs age_category leeftijdscat. gezinsgrootte household_members
head_of_household spreekt_Nederlands moslim unemployment driver_licence_number drivers_license driving-licence
working_name
"""

ORDINARY = """
zaaknummer zaaknr zaaktype zaakomschrijving status zaakstatus resultaat datum_aanvraag datum_ontvangst datum_besluit
besluitdatum datum_verzonden ingangsdatum einddatum geldig_van geldig_tot vervalreden reden_einde weigeringsgrond
grond_weigering bezwaar_uitkomst resultaat_bezwaar bibob_vragenlijst_datum vragenlijst_verzonden houder_naam
aanvrager houder_geboortedatum geboortedatum gebdat geb_datum kvk kvk_nummer kvkNummer vestigingsnummer vestnr
handelsnaam handelsnamen naam_zaak naam volledigeNaam voornamen voorletters achternaam geslachtsnaam
voorvoegselGeslachtsnaam tussenvoegsel straatnaam huisnummer huisletter huisnummertoevoeging huisnummerToevoeging
postcode plaats woonplaats adres_tekst locatie adres address address_text address_street land landcode
adresseerbaar_object_id bag_id addresseerbaarObjectId verblijfsobject_id verblijfsobjectStatus verblijfsadres
nummeraanduiding_id pand_id pand_status gebruiksdoelen gezondheidszorgfunctie oppervlakte rd_x rd_y lat lng lon
is_nevenadres max_personen max_pers max_kamers kamers aantal_bewoners max_aantal_bewoners nachtverblijf
leeftijdsgrens openingstijden verhuurder_kvk kvk_verhuurder verhuurder vergunning_id nummer type soort stand
exploitant exploitant_naam exploitant_geboortedatum werkruimten aantal_werkruimten melding_id id signal_uuid
created_at updated_at datum_melding incident_van incident_date_start hoofdcategorie main sub subcategorie
omschrijving text text_extra state_display bevinding melder_token melder_hash melder_type parent hoofdmelding_id
herkomst_melding bron kanaal image upload priority rsin rechtsvorm statutaire_naam statutaireNaam sbi_codes
sbi_versie datum_aanvang datumAanvang datum_einde voortgezet_door_kvk voortgezetDoor faillissement surseance
afgeschermd rechtspersoon_kvk doorNietNatuurlijkPersoon functie functieTitel rol datum_van datum_tot vanaf tot
maatregel_id kenmerk soort_besluit grondslag datum betrokkene_naam betrokkene_geboortedatum gericht_aan controle_id
bezoeknr bezoekdatum situatie aangetroffen taak taken totaal metaal behandelaar team afdeling leges documentnummer
dossiernummer btw_nummer telefoon email wijk buurt buurt_code stadsdeel gemeente gemeentecode organisatie
functie_gezondheidszorg
organisatienaam partner nationale_feestdag original_id international traces kind_of_permit sexinrichting
seksinrichting seks_inrichting prostitutiebedrijf totaalWerkzamePersonen uiterlijkeReactiedatum uiterlijk_besluit
onschuldig bewoning bewoond page image_url mailing verblijfsruimte plaatsing landelijk
"""


#: What sounds forbidden and is about a thing, in both languages; names of two words and more.
ABOUT_THINGS = """
number of occupants|Number_Of_Occupants|no_of_occupants|max residents|total tenants|aantal huurders|occupant load
Max. aantal bewoners|company age group|business_age_group|leeftijd pand|leeftijdscategorie bedrijf|Zaak herkomst
herkomst_zaak|herkomst aanvraag|Herkomst gegevens|case origin|single_family_dwelling|multi family units
Health inspection date|health permit|disabled access|medical facility|ras hond|animal welfare|building age
"""

#: The same words where they are about somebody.
ABOUT_SOMEBODY = """
occupants|names and number of occupants|number of tenants names|age group|company owner age group|owner age
age_of_applicant|company_age_group_applicant|age_group_of_company_director|herkomst zaak houder|herkomst groep
herkomst aanvrager zaak|zaak land van herkomst|owner origin|race of owner|family|family income|health|aantal kinderen
number of children|company nationality|ras houder|loon medewerker
"""


def listed(names: str) -> list[str]:
    return [name for line in names.strip().splitlines() for name in line.split("|")]


@pytest.mark.parametrize("header", listed(ABOUT_THINGS))
def test_what_is_about_a_thing_is_no_false_alarm(header: str) -> None:
    assert forbidden_category(header) is None


@pytest.mark.parametrize("header", listed(ABOUT_SOMEBODY))
def test_the_same_word_about_somebody_is_forbidden(header: str) -> None:
    assert forbidden_category(header) is not None


def test_the_list_is_long_enough() -> None:
    assert len(set(FORBIDDEN.split())) >= 120


@pytest.mark.goal("F1", reached="more than 120 names")
@pytest.mark.parametrize("header", FORBIDDEN.split())
def test_forbidden(header: str) -> None:
    assert forbidden_category(header) is not None


@pytest.mark.parametrize("header", FORBIDDEN.split()[::7])
def test_no_dress_hides_a_forbidden_column(header: str) -> None:
    for dressed in (
        f" {header} ",
        header.upper(),
        f"{header}_1",
        f"{header}\u200b",
        f"\ufeff{header}",
        f"houder_{header}",
    ):
        if header in {"sex", "M/V", "age", "origin", "race"} and dressed.startswith("houder"):
            continue  # short words count as whole headers only
        assert forbidden_category(dressed) is not None, dressed


@pytest.mark.parametrize("header", ORDINARY.split())
def test_ordinary(header: str) -> None:
    assert forbidden_category(header) is None


@pytest.mark.parametrize("contract", sorted((Path(__file__).parents[2] / "data_contracts").glob("*.odcs.yaml")))
def test_no_column_of_a_contract_is_forbidden(contract: Path) -> None:
    import yaml

    document = yaml.safe_load(contract.read_text(encoding="utf-8"))
    dataset = document["schema"][0]["name"]
    for column in document["schema"][0]["properties"]:
        assert forbidden_category(column["name"], dataset) is None, column["name"]


@pytest.mark.parametrize("header", ["telefoon", "Telefoonnummer", "mobielNummer", "phone"])
def test_a_telephone_number_is_whose_the_data_set_says(header: str) -> None:
    assert forbidden_category(header, "meldingen") == "reporter identity"
    assert forbidden_category(header, "seksinrichtingen") == "sex workers"
    assert forbidden_category(header, "vergunningen") is None


def test_an_exception_does_not_open_the_door_for_what_stands_beside_it() -> None:
    assert forbidden_category("geslachtsnaam_geslacht") is not None
    assert forbidden_category("verblijfsobject_bewoner") is not None
    assert forbidden_category("melder_token_naam") is not None


def test_the_refusal_says_how_to_drop() -> None:
    with pytest.raises(ForbiddenColumnError, match=r'delivery.csv, column Bsn: .*drop = \["Bsn"\]') as refusal:
        check_header(["zaaknummer", "Bsn"], dataset="vergunningen", dropped=[], name="delivery.csv")
    assert refusal.value.exit_code == 2
    check_header(["zaaknummer", "Bsn"], dataset="vergunningen", dropped=[1], name="delivery.csv")
