-- These rules keep the ledger from being changed on SQLite. A blank line separates two statements;
-- `screening.ledger.schema` runs them, and `screening.ledger.protect` checks that they are still there.

-- Entries, heads and the identity only grow; lines of the Logboek have a term and are deleted after it.
CREATE TRIGGER ledger_identity_refuse_update BEFORE UPDATE ON ledger_identity BEGIN SELECT RAISE(ABORT, 'this table only grows'); END

CREATE TRIGGER ledger_identity_refuse_delete BEFORE DELETE ON ledger_identity BEGIN SELECT RAISE(ABORT, 'this table only grows'); END

CREATE TRIGGER ledger_entry_refuse_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'this table only grows'); END

CREATE TRIGGER ledger_entry_refuse_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'this table only grows'); END

CREATE TRIGGER ledger_start_refuse_update BEFORE UPDATE ON ledger_start BEGIN SELECT RAISE(ABORT, 'this table only grows'); END

CREATE TRIGGER ledger_start_refuse_delete BEFORE DELETE ON ledger_start BEGIN SELECT RAISE(ABORT, 'this table only grows'); END

CREATE TRIGGER processing_line_refuse_update BEFORE UPDATE ON processing_line BEGIN SELECT RAISE(ABORT, 'this table only grows'); END

CREATE TRIGGER processing_block_refuse_update BEFORE UPDATE ON processing_block BEGIN SELECT RAISE(ABORT, 'this table only grows'); END

-- INSERT OR REPLACE deletes the old row without asking the triggers above.
CREATE TRIGGER ledger_identity_refuse_second BEFORE INSERT ON ledger_identity WHEN EXISTS (SELECT 1 FROM ledger_identity) BEGIN SELECT RAISE(ABORT, 'this table has one row'); END

CREATE TRIGGER ledger_start_refuse_replace BEFORE INSERT ON ledger_start WHEN EXISTS (SELECT 1 FROM ledger_start WHERE seq >= NEW.seq) BEGIN SELECT RAISE(ABORT, 'this table only grows'); END

CREATE TRIGGER processing_line_refuse_replace BEFORE INSERT ON processing_line WHEN EXISTS (SELECT 1 FROM processing_line WHERE span_id = NEW.span_id) BEGIN SELECT RAISE(ABORT, 'this table only grows'); END

CREATE TRIGGER processing_block_refuse_replace BEFORE INSERT ON processing_block WHEN EXISTS (SELECT 1 FROM processing_block WHERE above = NEW.above AND kind = NEW.kind AND number = NEW.number) BEGIN SELECT RAISE(ABORT, 'this table only grows'); END

-- The chain: an entry carries the next number and the hash of the entry before it.
CREATE TRIGGER ledger_entry_follows BEFORE INSERT ON ledger_entry
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger_entry)
  OR NEW.previous <> COALESCE((SELECT hash FROM ledger_entry ORDER BY seq DESC LIMIT 1),
                              (SELECT genesis FROM ledger_identity))
BEGIN SELECT RAISE(ABORT, 'an entry follows the last one'); END
