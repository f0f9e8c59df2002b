"""What codes are called in Dutch in a document that a person reads."""

from __future__ import annotations

from screening.datasets import datasets
from screening.vocabulary import Purpose
from screening.word_lists import read_lists
from screening.wording.forms import code_word

WORDS_NL: dict[str, str] = {
    **{name: dataset.document_name_nl or dataset.label.nl for name, dataset in datasets().items()},
    **read_lists("screening.wording", "dutch.yaml")["codes"],
    **{str(purpose): code_word(purpose, "nl") for purpose in Purpose},
}
