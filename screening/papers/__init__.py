"""The papers a municipality owes, made from its configuration and its rules."""

from screening.papers.facts import Facts, Purpose, Rule, Source
from screening.papers.register import SCHEMA, entry
from screening.papers.render import PAPERS, papers

__all__ = ["PAPERS", "SCHEMA", "Facts", "Purpose", "Rule", "Source", "entry", "papers"]
