"""Confirmed signals on their way to the RIEC: minimise, refuse, preview, batch, seal. Pure: content in, bytes out."""

from screening.partners.signal.canonical import canonical, content_hash
from screening.partners.signal.codes import BatchKind, FeedbackOutcome, FeedbackRemark, NoticeReason, Theme
from screening.partners.signal.errors import ExportError, FeedbackError, ForbiddenFieldError, SealError, SignalError
from screening.partners.signal.minimise import Choices, PersonChoice, minimise, new_signal_id
from screening.partners.signal.preview import PreviewRow, preview
from screening.partners.signal.refuse import ApprovalFacts, LostGround, Refusal, RefusalCode, refusals
from screening.partners.signal.signal import Signal

# make_batch, seal and read_feedback are in their own modules: they bring typst, GDAL and age along
__all__ = [
    "ApprovalFacts",
    "BatchKind",
    "Choices",
    "ExportError",
    "FeedbackError",
    "FeedbackOutcome",
    "FeedbackRemark",
    "ForbiddenFieldError",
    "LostGround",
    "NoticeReason",
    "PersonChoice",
    "PreviewRow",
    "Refusal",
    "RefusalCode",
    "SealError",
    "Signal",
    "SignalError",
    "Theme",
    "canonical",
    "content_hash",
    "minimise",
    "new_signal_id",
    "preview",
    "refusals",
]
