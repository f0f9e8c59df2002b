"""What codes are called in Dutch in a document that a person reads."""

from __future__ import annotations

from collections.abc import Mapping

from screening.base.datasets import datasets
from screening.base.extensions import cached_in_force
from screening.base.vocabulary import Purpose
from screening.base.word_lists import read_lists
from screening.wording.forms import code_word


@cached_in_force
def document_words() -> Mapping[str, str]:
    """Code -> its words, of registers and purposes too."""
    return {
        **{name: dataset.document_name_nl or dataset.label.nl for name, dataset in datasets().items()},
        **read_lists("screening.wording", "dutch.yaml")["codes"],
        **{str(purpose): code_word(purpose, "nl") for purpose in Purpose},
    }
