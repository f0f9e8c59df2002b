"""The README of a batch in plain Dutch: what it is, and how to use it and how not."""

from __future__ import annotations

from screening.base.vocabulary import BatchKind
from screening.partners.batch.manifest import BatchMeta
from screening.partners.kinds.partner_kind import partner_kinds

FILE = "README.txt"
_WHAT = {
    BatchKind.SIGNALS: "Deze levering bevat {count} {signals}. Elk signaal is apart beoordeeld en goedgekeurd.",
    BatchKind.CORRECTION: "Deze levering verbetert {count} {signals} die u eerder kreeg. In berichten.json staat per "
    "signaal wat wij u vragen.",
    BatchKind.WITHDRAWAL: "Deze levering trekt {count} {signals} in. In berichten.json staat per signaal wat wij u "
    "vragen: gebruik ze niet meer, en vernietig ze tenzij daar staat dat u ze afgeschermd bewaart.",
    BatchKind.REVERSAL: "Deze levering maakt de intrekking van {count} {signals} ongedaan: die was een fout, en wat "
    "hierin zit geldt weer. In berichten.json staat per signaal wat wij u vragen.",
}
_TEXT = """VERTROUWELIJK

Levering {batch} van de gemeente {municipality} voor {recipient} ({kind})
Volgnummer {sequence}, gemaakt op {made} (UTC), te openen tot {expires} (UTC)

{what}{again}

WAT U MOET WETEN
- Een signaal beschrijft een afwijking bij een adres. Het is geen bewijs en beschuldigt niemand.
- De selectie is met vaste regels door een computer gemaakt. Daarna hebben twee medewerkers elk dossier beoordeeld.
- De volgorde zegt niets. De kenmerken zijn willekeurig; er is geen rangorde en geen score.
- Personen staan er alleen in als dat nodig is, met een kenmerk in plaats van een naam. Probeer dat kenmerk niet te
  herleiden. Is een naam nodig, vraag het aan de gemeente.
- {use}
- Bewaar de gegevens niet langer dan erbij staat.
{basis}

WAT ERIN ZIT
{contents}

CONTROLEREN
Gebruik de pagina levering-openen.html, en het bestand allowed_signers dat u van de gemeente kreeg: daarin staan de
openbare sleutels van de mensen die leveringen ondertekenen. De pagina zit nooit in een levering. U haalt haar uit de
openbare broncode, en vergelijkt haar controlegetal door de telefoon met dat van de gemeente.
Hebt u de levering op een andere manier geopend, dan is zij nog niet gecontroleerd.

ANTWOORDEN
Dezelfde pagina maakt uw antwoord: per signaal een keuze uit de lijst, en als het nodig is een korte toelichting.
Schrijf daarin geen namen, en niets uit gegevens van politie of justitie. Alleen de gemeente kan het antwoord openen.

EEN FOUT GEZIEN?
Meld het aan het contact dat in het signaal staat. De gemeente stuurt een verbetering of trekt het signaal in.
"""
_AGAIN = """

Deze levering komt in de plaats van levering {batch}, die u niet kreeg of niet op tijd kon openen. Vindt u die nog,
vernietig haar dan: wat hierin zit is hetzelfde."""
_LESS = " Een signaal dat sindsdien is ingetrokken of verbeterd, zit er niet meer in."
_ABOUT = {
    "index.csv": "de lijst van signalen",
    "signalen.xlsx": "alle signalen als tabellen",
    "signalen.gpkg": "de adressen op de kaart (EPSG:28992)",
    "berichten.json": "wat wij u per signaal vragen",
    "schema/signaal-1.schema.json": "de beschrijving van JSON-bestanden met formaat barrier-signaal/1 (JSON Schema)",
    "schema/signaal-2.schema.json": "de beschrijving van JSON-bestanden met formaat barrier-signaal/2 (JSON Schema)",
    "schema/signaal-3.schema.json": "de beschrijving van de JSON-bestanden (JSON Schema)",
    "antwoord.json": "wat u kunt antwoorden, voor de pagina die uw antwoord maakt",
    "woorden.json": "wat de codes in de signalen betekenen",
}


def readme(meta: BatchMeta, *, count: int, names: list[str]) -> bytes:
    """The README of a batch with these files, in Dutch (UTF-8). `count`: signals, or notices of withdrawal."""
    lines = [f"- {name}: {_ABOUT[name]}" for name in sorted(names) if name in _ABOUT]
    if any(name.endswith(".pdf") for name in names):
        lines.insert(0, "- signalen/: per signaal een PDF om te lezen en een JSON-bestand om in te lezen")
    if any(name.startswith("bijlagen/") for name in names):
        lines.append("- bijlagen/: stukken bij een signaal, als PDF; in het signaal staat waarom het nodig is")
    lines.append("- manifest.json, manifest.json.sig: de lijst van bestanden en de handtekening daarvan")
    kind = partner_kinds()[meta.recipient.kind]
    basis = f"- Grondslag: {meta.recipient.article}\n" if meta.recipient.article else ""
    never = "\n".join(f"- {line}" for line in kind.never.nl)
    return _TEXT.format(
        kind=kind.name.nl,
        use=kind.use.nl,
        basis=f"{basis}\nWAT ER NOOIT IN ZIT\n{never}",
        batch=meta.batch_id,
        municipality=meta.municipality,
        recipient=meta.recipient.name,
        sequence=meta.sequence,
        made=f"{meta.made_at:%Y-%m-%d %H:%M}",
        expires=f"{meta.expires_at:%Y-%m-%d %H:%M}",
        what=_WHAT[meta.kind].format(count=count, signals="signaal" if count == 1 else "signalen"),
        again=_again(meta),
        contents="\n".join(lines),
    ).encode()


def _again(meta: BatchMeta) -> str:
    if meta.repeats is None:
        return ""
    return _AGAIN.format(batch=meta.repeats) + (_LESS if meta.kind != BatchKind.WITHDRAWAL else "")
