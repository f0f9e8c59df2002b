"""The papers a municipality owes, made from its configuration and its rules."""

from screening.papers.facts import Facts, PoolingFacts, PurposeFacts, RecipientFacts, RuleFacts, SourceFacts
from screening.papers.register import SCHEMA, entry
from screening.papers.render import PAPERS, QUESTIONS, Paper, own_recipients, papers

__all__ = [
    "PAPERS",
    "QUESTIONS",
    "SCHEMA",
    "Facts",
    "Paper",
    "PoolingFacts",
    "PurposeFacts",
    "RecipientFacts",
    "RuleFacts",
    "SourceFacts",
    "entry",
    "own_recipients",
    "papers",
]
