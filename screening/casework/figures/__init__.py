"""Figures for the team lead: counts that describe a group and never one person or address."""
