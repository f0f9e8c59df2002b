"""The papers a municipality owes, made from its configuration and its rules."""

from screening.papers.facts import Facts, PurposeFacts, RuleFacts, SourceFacts
from screening.papers.register import SCHEMA, entry
from screening.papers.render import PAPERS, papers

__all__ = ["PAPERS", "SCHEMA", "Facts", "PurposeFacts", "RuleFacts", "SourceFacts", "entry", "papers"]
