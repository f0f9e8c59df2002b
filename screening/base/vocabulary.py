"""The words of the field as enums: one word a thing, used by every module and in every file that leaves a run."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

#: The address block: these columns, or one `adres_tekst`, or a pin.
ADDRESS_COLUMNS: tuple[str, ...] = (
    "straatnaam",
    "huisnummer",
    "huisletter",
    "huisnummertoevoeging",
    "postcode",
    "plaats",
    "adres_tekst",
    "adresseerbaar_object_id",
)

#: The code of an indicator: ours (LIC-04), or one of an extension, after its namespace (ZOM.LOC-01).
INDICATOR_CODE = r"(?:[A-Z]{3}\.)?[A-Z]{3}-[0-9]{2}"


class Barrier(StrEnum):
    """A barrier of the barrier model: the step at which a legal structure can be abused."""

    WERVING = "WERVING"
    ENTREE = "ENTREE"
    IDENTITEIT = "IDENTITEIT"
    HUISVESTING = "HUISVESTING"
    WERKPLEK = "WERKPLEK"
    RECHTSVORM = "RECHTSVORM"
    FINANCIEN = "FINANCIEN"
    VASTGOED = "VASTGOED"


class IndicatorClass(StrEnum):
    """A: an irregularity in itself. B: a pattern that needs context. C: weak, counts only together with others."""

    A = "A"
    B = "B"
    C = "C"


class LinkLevel(StrEnum):
    """How sure a link between two mentions is. PROBABLE counts for nothing until a person confirms it."""

    EXACT = "exact"
    STRONG = "strong"
    PROBABLE = "probable"


class PartyKind(StrEnum):
    """What a mention names: a natural person in a professional role, or an organisation."""

    PERSON = "person"
    ORGANISATION = "organisation"


class AddressMethod(StrEnum):
    """How an address was resolved to a BAG object."""

    ID = "id"
    EXACT = "exact"
    VARIANT = "variant"
    FUZZY = "fuzzy"
    PIN = "pin"


class AddressNote(StrEnum):
    """Why an address has no BAG object, or what was odd about one that has: a closed list, so that it can be counted.

    The Dutch of it is in `screening.matching.addresses.notes`.
    """

    NO_ADDRESS = "no address"
    POST_BOX = "a post box is no object"
    NEAR = "written as near an address or without a number"
    OTHER_POSTCODE_AREA = "the postcode lies outside this BAG"
    OTHER_TOWN = "the town lies outside this BAG"
    NO_NUMBER = "no house number"
    SEVERAL_NUMBERS = "several house numbers in one address"
    SEVERAL_ADDRESSES = "several addresses in one text"
    NO_STREET_NO_POSTCODE = "no street and no postcode"
    NO_SUCH_POSTCODE_AND_NUMBER = "no object with this postcode and number"
    NO_SUCH_STREET = "the street is not in this BAG"
    NO_SUCH_NUMBER = "the street has no such house number in this BAG"
    NO_SUCH_ADDITION = "the addition is not in the BAG at this number"
    NOT_TOGETHER = "street, number, postcode and town do not go together in this BAG"
    TOWN_OR_POSTCODE_MISSING = "several objects fit: town or postcode missing"
    ADDITION_MISSING = "several objects fit: addition missing"
    SHARED = "several objects share this address"
    UNKNOWN_ID = "object id not in the BAG"
    PIN_ABROAD = "the pin lies outside the country"
    PIN_BETWEEN = "the pin lies between two objects"
    PIN_ALONE = "no object within 10 m of the pin"
    PIN_ELSEWHERE = "the pin lies elsewhere than this address"
    # of an address that was found
    PIN_NEAR = "the pin lies within 10 m of this object and well away from any other"
    ONLY_OBJECT = "the only object at this number"
    POSTCODE_DIFFERS = "the postcode differs from the BAG"
    TOWN_DIFFERS = "the town differs from the BAG"
    FIRST_OF_RANGE = "a range of numbers: the first one stands for it"


class Reliability(StrEnum):
    """What a fact rests on. A report is what somebody said; only the first and an inspection can carry a signal."""

    AUTHENTIEK_REGISTER = "authentiek_register"  # basisregistraties: BAG and handelsregister
    EIGEN_ADMINISTRATIE = "eigen_administratie"  # the municipality's own decisions: permits and measures
    WAARNEMING = "waarneming"  # an own inspection
    MELDING = "melding"  # a nuisance report


class FlagReason(StrEnum):
    """The first clause of the review rule that fires (domain reference 2.1)."""

    A = "A"
    BB = "BB"
    BBC = "BBC"


class Role(StrEnum):
    """What a member of staff may do in the review. Nobody has all of them; COLLEAGUE is everyone who can sign in."""

    COLLEAGUE = "colleague"
    CONTACT_PERSON = "contact_person"
    CARE_COORDINATOR = "care_coordinator"
    OFFICER = "officer"
    SENSITIVE_REVIEWER = "sensitive_reviewer"
    LEAD = "lead"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMIN = "admin"


#: Who sees cases, or divides the work on them.
ENFORCING = frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.LEAD})
#: Who reads tips of colleagues and wishes for contact, of which nothing may reach who enforces but what a rule lets go.
LISTENING = frozenset({Role.CONTACT_PERSON, Role.CARE_COORDINATOR})


def clashing_roles(roles: Iterable[Role]) -> list[Role]:
    """Return which of these roles one person cannot have together, in the order of Role; none where they go together.

    Nobody checks their own work (BIO2 5.03); and who enforces does not read tips or wishes for contact.
    """
    held = frozenset(roles) - {Role.COLLEAGUE}
    apart: frozenset[Role] = frozenset()
    if Role.AUDITOR in held and len(held) > 1:
        apart = held
    elif held & ENFORCING and held & LISTENING:
        apart = held & (ENFORCING | LISTENING)
    return [role for role in Role if role in apart]


class ReviewOutcome(StrEnum):
    """What an officer decides about a dossier (domain reference, section 6)."""

    BEVESTIGD_AFWIJKING = "bevestigd_afwijking"
    VERKLAARD = "verklaard"
    ONJUISTE_KOPPELING = "onjuiste_koppeling"
    DATA_FOUT = "data_fout"
    NIET_TE_BEOORDELEN = "niet_te_beoordelen"
    DOORGEZET = "doorgezet"


class OwnReading(StrEnum):
    """What an officer makes of the records before any rule is shown."""

    AFWIJKING = "afwijking"
    GEEN_AFWIJKING = "geen_afwijking"
    ONDUIDELIJK = "onduidelijk"


class CaseState(StrEnum):
    """Where a dossier is. FIRST_JUDGED waits for a second officer; DIFFERS: both motivations are on the table."""

    OPEN = "open"
    FIRST_JUDGED = "first_judged"
    DIFFERS = "differs"
    CLOSED = "closed"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class ActKind(StrEnum):
    """What is done on a case that was decided. DOCUMENTS_CAME and _MISSING end the wait that DOCUMENTS_ASKED began."""

    MEASURE = "measure"  # a power of the municipality is used: a letter, a warning, an order
    INFORMED = "informed"  # the person concerned was told
    INFORM_LATER = "inform_later"  # is told later, with the reason
    DOCUMENTS_ASKED = "documents_asked"
    DOCUMENTS_CAME = "documents_came"
    DOCUMENTS_MISSING = "documents_missing"
    PASSED_ON = "passed_on"  # a person told the organisation that the case belongs to
    RESULT = "result"
    RESUMED = "resumed"  # the result was too early


class Purpose(StrEnum):
    """A task of the municipality (AVG art. 5 lid 1 onder b): what a register or a rule is used for."""

    VERG = "P-VERG"  # supervision of licences: APV, Alcoholwet, Bibob
    WON = "P-WON"  # supervision of housing: Huisvestingswet 2014, Wet goed verhuurderschap
    OO = "P-OO"  # public order and nuisance: Gemeentewet art. 151d, APV
    REG = "P-REG"  # quality of the base registers: reporting back what is wrong
    ZORG = "P-ZORG"  # supervision of contracts for care: Wmo 2015, Jeugdwet


class BatchKind(StrEnum):
    """What a batch to a partner brings."""

    SIGNALS = "signals"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    REVERSAL = "reversal"  # of a withdrawal that was an error: the signal holds again


class NoticeReason(StrEnum):
    """Why a signal is corrected or withdrawn, or a withdrawal is undone."""

    ONJUISTE_KOPPELING = "onjuiste_koppeling"
    GEGEVENS_ONJUIST = "gegevens_onjuist"
    VERKLAARD = "verklaard"
    BEZWAAR_GEGROND = "bezwaar_gegrond"
    RECHT_OP_RECTIFICATIE = "recht_op_rectificatie"
    RECHT_OP_WISSING = "recht_op_wissing"
    RECHT_OP_BEPERKING = "recht_op_beperking"  # kept apart and not used: not destroyed (AVG art. 18)
    BRON_INGETROKKEN = "bron_ingetrokken"
    BEWAARTERMIJN_VERSTREKEN = "bewaartermijn_verstreken"
    TEN_ONRECHTE_INGETROKKEN = "ten_onrechte_ingetrokken"  # of a reversal, and of nothing else


class PolicyAnswerKind(StrEnum):
    """What a municipality says on a question of the policy checklist."""

    IN_FORCE = "in_force"  # adopted, with a date and evidence
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"  # with a reason


class LedgerAction(StrEnum):
    """What an entry of the ledger says was done (BIO2 8.15.01, "actie"). Added to, never renamed: old entries stay."""

    # reads of personal data, written before anything is shown
    READ_DOSSIER = "read_dossier"  # one dossier in the review; needs a case and a purpose
    READ_EXPLANATION = "read_explanation"  # `barrier explain`; needs a case and a purpose
    READ_QUEUE = "read_queue"
    READ_LINK = "read_link"
    READ_VISIT = "read_visit"
    READ_SIGNAL = "read_signal"
    READ_STATISTICS = "read_statistics"
    READ_EXPORT = "read_export"  # previews, batches, the register of disclosures
    READ_QUALITY = "read_quality"  # the quality list of a register, for its owner
    READ_AUDIT = "read_audit"
    READ_ACCOUNT = "read_account"  # who works here, and when they signed in
    PRINT = "print"
    # coming and going
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    # work on a case
    ASSIGN = "assign"
    RELEASE = "release"
    OWN_READING = "own_reading"
    OPEN_EVIDENCE = "open_evidence"
    JUDGEMENT = "judgement"
    NOTE = "note"  # of somebody who judged, for the others who did
    SEARCH = "search"  # for the case of an address, a KVK number or a case number, also where there is none
    CASE_CHANGE = "case_change"  # whose an open case is, and how far its judging is
    CASE_ACT = "case_act"  # what is done on a case that was decided
    HAND_OVER = "hand_over"  # a file for the case system, and that it is taken back
    CASE_CONCLUDED = "case_concluded"  # closed, lapsed or withdrawn, with the facts that are known from then on
    LINK_JUDGEMENT = "link_judgement"
    DESPITE_WARNING = "despite_warning"  # a text was sent though the page had said what is odd about it
    VISIT = "visit"
    SIGNAL = "signal"
    # what leaves, and what is called back
    EXPORT_PREPARATION = "export_preparation"
    EXPORT_APPROVAL = "export_approval"
    EXPORT = "export"
    WITHDRAWAL = "withdrawal"
    FEEDBACK = "feedback"
    RECIPIENT_CHANGE = "recipient_change"
    # keeping order
    RUN_PUBLISHED = "run_published"
    MONTH_CLOSED = "month_closed"  # the counts of a month that is over
    FIGURES = "figures"  # the lead's estimate of hours of a year, or a signature under exact acts
    RULE_CHANGE = "rule_change"
    CONFIGURATION = "configuration"
    POLICY = "policy"  # a question of the policy checklist was answered
    DELIVERY = "delivery"  # a delivery of a register was judged, or a person accepted, rejected or confirmed it
    ACCOUNT_CHANGE = "account_change"
    ERASURE = "erasure"
    SUBJECT_ACCESS = "subject_access"
    SUBJECT_OBJECTION = "subject_objection"
    ACCESS_REVIEW = "access_review"
    HEAD = "head"  # a person signed what the ledger was at a moment
    BACKUP = "backup"
    KEPT = "kept"  # the rows of the entries that it names are on the disk; failed: a crash came in between


class LedgerResult(StrEnum):
    """How it ended (BIO2 8.15.01, "resultaat")."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    ENDED = "ended"  # the row of this content was erased after its term, or another took its place


class NightKind(StrEnum):
    """How a night ended. Only PUBLISHED is a good one; WITH_GAPS is published, and a part of it is missing."""

    PUBLISHED = "published"
    WITH_GAPS = "published with gaps"
    STOPPED = "stopped by a contract"
    REFUSED = "refused"
    BUSY = "busy"
    FAILED = "failed"


class ExitCode:
    """What the `barrier` command tells its caller."""

    OK = 0
    UNEXPECTED = 1
    CONFIGURATION = 2
    CONTRACT_STOP = 3
    STALE_OR_MISSING = 4
    ALREADY_RUNNING = 5
    CANNOT_WRITE = 6
