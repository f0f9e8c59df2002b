"""What codes are called in Dutch in a document that a person reads."""

from __future__ import annotations

from screening.datasets import datasets
from screening.word_lists import read_lists

WORDS_NL: dict[str, str] = {
    **{name: dataset.document_name_nl or dataset.label.nl for name, dataset in datasets().items()},
    **read_lists("screening.wording", "dutch.yaml")["codes"],
}
