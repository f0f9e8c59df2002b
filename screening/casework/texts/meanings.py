"""What a short Dutch or English text means about people: plain words and turns of phrase of a file, by category.

No model and no weights: each refusal is one line of `meanings.yaml` that anybody can read there. A line is a word, the
beginning of one, or a phrase of a few words with others between. So "hield de papieren" and "de papieren lagen bij de
baas" mean the same without standing in a list of sentences. A long word with one wrong letter counts as the right one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from screening.base.word_lists import read_lists
from screening.casework.texts.tokens import ARTICLES, NUMBER, STOP, Token, is_adjective, plain_word, tokens_of

#: Elements of a phrase that stand for other words of the same sentence, and how many at most.
_GAPS = {"_": 2, "...": 6}
_EITHER_ORDER, _OPTIONAL, _BEGIN = "&", "?", "^"

#: A shorter word with one wrong letter is too often another word: "bang" and "gang", "zieke" and "zijke".
_FUZZY_LETTERS = 9
#: The category of what is said of people and is of no other; and the names of its two lists of words.
_PERSON, _PEOPLE, _WITH_PEOPLE = "person", "<people of a clause>", "<with people>"
_VERB, _HAS, _KNOWN, _THING, _FOR_WHOM = "<verb>", "<has>", "<known>", "<thing>", "<before_thing>"
#: Sets of words that are no reason to take a word with a capital for no name: "Kromhout" ends as a thing does.
_OF_PREMISES = {_PEOPLE, _WITH_PEOPLE, _VERB}


class Meaning(NamedTuple):
    """A category, and the part of the text that means it."""

    category: str
    fragment: str


@dataclass(frozen=True)
class Category:
    """A kind of meaning. `to_person`: it may concern a victim. `is_mild`: a note on a building may hold it."""

    name: str
    to_person: bool = False
    is_mild: bool = False


class _Phrase(NamedTuple):
    """The elements of a phrase in order (sets of words, or gaps), and its category: none where it is harmless."""

    elements: tuple[str, ...]
    category: str


def categories() -> dict[str, Category]:
    """Every category by its name, in the order in which a page names them."""
    return _lexicon().categories


def meanings_of(text: str, *, without: Iterable[tuple[int, int]] = ()) -> list[Meaning]:
    """Return what a text means about people, each with the part that says so.

    Args:
        text: with one space between words.
        without: places in it, first and last character plus one, that are names of streets or businesses and mean
            nothing.
    """
    return _lexicon().meanings_of(text, list(without))


def is_listed(word: str) -> bool:
    """Whether a word stands anywhere in the file, as it is or misspelt: it is then no name."""
    elements = _lexicon().elements_of(plain_word(word)) - _OF_PREMISES
    return any(_THING not in element for element in elements)


class _Lexicon:
    """The file of words and phrases, arranged by the word with which a phrase begins."""

    def __init__(self, content: dict[str, dict[str, dict[str, str | bool | list[str]]]]) -> None:
        self._whole: dict[str, set[str]] = defaultdict(set)
        self._begins: dict[str, set[str]] = defaultdict(set)
        self._ends: dict[str, set[str]] = defaultdict(set)
        self._phrases: dict[str, list[_Phrase]] = defaultdict(list)
        self._classes = {f"<{name}>": str(words).split() for name, words in content["classes"].items()}
        self._known: set[str] = set()
        self.categories = {
            name: Category(name, bool(lines.get("to_person")), bool(lines.get("is_mild")))
            for name, lines in content["categories"].items()
        }
        for name, lines in ({"": content["harmless"]} | content["categories"]).items():
            phrases = lines.get("phrases", [])
            for line in (*str(lines["words"]).split(), *(phrases if isinstance(phrases, list) else ())):
                for elements in _variants(_without_articles(str(line).split())):
                    self._add(_Phrase(elements, name))
        named, allowed = (str(content["with_people"][key]).split() for key in ("people", "words"))
        self._classes |= {_PEOPLE: named, _WITH_PEOPLE: [*allowed, *named, _VERB]}
        self._for_whom = tuple(self._classes.pop(_FOR_WHOM))
        self._phrases[_FOR_WHOM].append(_Phrase((_FOR_WHOM,), ""))
        for element in (_HAS, _THING, _VERB, _PEOPLE, _WITH_PEOPLE, _KNOWN):
            self._store_words(element)
        self._fuzzy_whole = sorted(word for word in self._whole if len(word) >= _FUZZY_LETTERS)
        self._fuzzy_begins: dict[str, list[str]] = defaultdict(list)
        for stem in sorted(self._begins):
            if len(stem) >= _FUZZY_LETTERS:
                self._fuzzy_begins[stem[0]].append(stem)

    def _add(self, phrase: _Phrase) -> None:
        self._phrases[phrase.elements[0]].append(phrase)
        for element in phrase.elements:
            if element not in _GAPS:
                self._store_words(element)

    def _store_words(self, element: str) -> None:
        for word in self._words_of(element) if element not in self._known else ():
            if word.endswith("*"):
                self._begins[word[:-1]].add(element)
            elif word.startswith("*"):
                self._ends[word[1:]].add(element)
            else:
                self._whole[word].add(element)
        self._known.add(element)

    def _words_of(self, element: str) -> Iterator[str]:
        for part in element.split("|"):
            if part.startswith("<"):
                for word in self._classes[part]:
                    yield from self._words_of(word)
            else:
                yield part

    def elements_of(self, word: str) -> set[str]:
        """Return the elements of phrases that a word satisfies."""
        elements = set(self._whole.get(word, ()))
        if not elements and any(self._is_for(whom, word) for whom in self._for_whom):
            return {_FOR_WHOM, _THING}
        for length in range(1, len(word) + 1):
            elements.update(self._begins.get(word[:length], ()))
            elements.update(self._ends.get(word[-length:], ()))
        if not elements and len(word) >= _FUZZY_LETTERS:
            near = extractOne(word, self._fuzzy_whole, scorer=OSA.distance, score_cutoff=1)
            if near is not None and near[0][0] == word[0]:
                return self.elements_of(near[0])
            for stem in self._fuzzy_begins.get(word[0], ()):
                if OSA.distance(word[: len(stem)], stem, score_cutoff=1) <= 1:
                    return set(self._begins[stem])
        return elements

    def _is_for(self, whom: str, word: str) -> bool:
        if not word.startswith(whom) or _THING not in self.elements_of(word.removeprefix(whom)):
            return False
        # a longer beginning says more: "personeelsnummer"
        return not any(word[:length] in self._begins for length in range(len(whom) + 1, len(word) + 1))

    def meanings_of(self, text: str, without: list[tuple[int, int]]) -> list[Meaning]:
        """As the function of this name."""
        tokens = tokens_of(text)
        satisfied = [self.elements_of(token.word) for token in tokens]
        for place, elements in enumerate(satisfied):
            # "^" of a phrase: the first word of a sentence
            if place == 0 or tokens[place - 1].word == STOP:
                elements.add(_BEGIN)
        harmless = {
            place for place, token in enumerate(tokens) if any(start <= token.start < end for start, end in without)
        }
        for start in range(len(tokens)):
            if start not in harmless:
                for phrase, places in self._matches(tokens, satisfied, start):
                    harmless.update(() if phrase.category else places)
        satisfied = [set() if place in harmless else elements for place, elements in enumerate(satisfied)]
        ends: dict[str, int] = {}
        meanings = []
        for start in range(len(tokens)):
            for phrase, places in self._matches(tokens, satisfied, start):
                # of fragments that overlap, the first stands for all
                if phrase.category and start > ends.get(phrase.category, -1):
                    ends[phrase.category] = places[-1]
                    fragment = text[tokens[places[0]].start : tokens[places[-1]].end]
                    meanings.append(Meaning(phrase.category, fragment))
        return meanings + ([] if meanings else self._said_of_people(text, tokens, satisfied, harmless))

    def _said_of_people(
        self, text: str, tokens: list[Token], satisfied: list[set[str]], harmless: set[int]
    ) -> list[Meaning]:
        """Whatever a clause that names people says beyond how many, where and when."""
        people = {
            token.clause: token
            for token, elements in zip(tokens, satisfied, strict=True)
            if _PEOPLE in elements or {_BEGIN, _VERB} <= elements
        }
        passes = _WITH_PEOPLE, STOP, NUMBER
        for place, (token, elements) in enumerate(zip(tokens, satisfied, strict=True)):
            named = people.get(token.clause)
            # what has an article is where they were, and not what they did
            before = tokens[place - 1] if place else token
            is_thing = before.has_article and is_adjective(before.word)
            is_thing |= token.has_article and _HAS not in satisfied[max(place - 1, 0)]
            is_allowed = is_thing or place in harmless or not elements.isdisjoint(passes) or token.word in passes
            if named and not is_allowed:
                start, end = min(named.start, token.start), max(named.end, token.end)
                return [Meaning(_PERSON, text[start:end])]
        return []

    def _matches(
        self, tokens: list[Token], satisfied: list[set[str]], start: int
    ) -> Iterator[tuple[_Phrase, list[int]]]:
        """The phrases that begin at a token, each with the places of its words: the nearest ones."""
        for element in sorted(satisfied[start]):
            for phrase in self._phrases.get(element, ()):
                places = _places(phrase.elements, tokens, satisfied, start)
                if places is not None:
                    yield phrase, places


def _places(elements: tuple[str, ...], tokens: list[Token], satisfied: list[set[str]], start: int) -> list[int] | None:
    """Where the words of a phrase stand that begins at `start`; None where it does not."""
    if not elements:
        return []
    reach = _GAPS.get(elements[0])
    if reach is None:
        if start >= len(tokens) or elements[0] not in satisfied[start]:
            return None
        rest = _places(elements[1:], tokens, satisfied, start + 1)
        return None if rest is None else [start, *rest]
    for place in range(start, min(start + reach + 1, len(tokens))):
        rest = _places(elements[1:], tokens, satisfied, place)
        if rest is not None:
            return rest
        if tokens[place].word == STOP:
            return None
    return None


def _without_articles(elements: list[str]) -> list[str]:
    parts = ([part for part in element.split("|") if part.rstrip(_OPTIONAL) not in ARTICLES] for element in elements)
    return ["|".join(words) for words in parts if words]


def _variants(elements: list[str]) -> Iterator[tuple[str, ...]]:
    """The phrases that one line stands for: with and without what is optional, and in either order."""
    for place, element in enumerate(elements):
        if element == _EITHER_ORDER:
            before, after = elements[:place], elements[place + 1 :]
            yield from _variants([*before, "...", *after])
            yield from _variants([*after, "...", *before])
            return
        if element.endswith(_OPTIONAL):
            yield from _variants([*elements[:place], element[:-1], *elements[place + 1 :]])
            yield from _variants([*elements[:place], *elements[place + 1 :]])
            return
    yield tuple(elements)


@cache
def _lexicon() -> _Lexicon:
    return _Lexicon(read_lists("screening.casework.texts", "meanings.yaml"))
