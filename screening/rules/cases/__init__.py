"""Case tables: an indicator's cases as data, and what each must show. One YAML file an indicator.

    indicator: LIC-04                    # the code
    as_of: 2026-11-01
    defaults:                            # optional: column values of a table that a row need not repeat
      vergunningen: {status: verleend}
    base:                                # optional: tables that every case begins with
      bag_adressen: [{adresseerbaar_object_id: a, pand_id: [p]}]
    cases:
      - name: Verlopen en 61 dagen later nog actief      # the reason
        parameters: {grace_days: 60}     # optional
        tables:                          # rows; only columns that the indicator declares, the others are empty
          vergunningen: [{zaaknummer: Z-1, einddatum: 2026-05}]
        change: {bag_adressen: {r1: {pand_id: [q]}}}        # optional: what is different from the base
        side: {grace_days: above}        # optional: this case lies on the edge of the parameter, on that side
        step: {min_share: 0.1}           # optional: how far the edge is, where 1 is too coarse
        rules_out: 0                     # optional: index (or list) in ruled_out_nl of what makes this no hit
        otherwise: {vergunningen: {Z-1: {status: verlopen}}}    # with rules_out: the change that makes it a hit
        expect: [{address_id: "…01", record_ids: ["vergunningen:Z-1"], values: {…}}]     # empty list: no hit

A row of mogelijk_een_partij may tell why, with `left` and `right` (name, born; number or registered of a company) and
`is_probable`.

A row's key is its key column (zaaknummer …), or `key`, else `r` + its place in the list. A date may be partial
("2026-05", 2026): then the column is empty and its bounds are filled. A row of partijen or handelsnamen names its
`record`; its dataset, key and mention follow. `change` and `otherwise` go by key (partijen: mention; handelsnamen:
`record#place`) and change a row, remove it (null), or add it (a new key). `expect` lists every hit (of a rule that is a
finding on data: every finding, with `address_id: null`); `record_ids`, `values` (those named), `window_start`,
`window_end`, `dataset`, `says_nl` (a part of the sentence) and `begins_nl` (its beginning) are compared where given.
"""

from screening.rules.cases.case import RuleCase, read_case_table
from screening.rules.cases.checks import faults_of_case, faults_of_table, faults_of_texts

__all__ = ["RuleCase", "faults_of_case", "faults_of_table", "faults_of_texts", "read_case_table"]
