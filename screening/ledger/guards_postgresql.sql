-- These rules keep the ledger from being changed on PostgreSQL. A blank line separates two statements;
-- `screening.ledger.schema` runs them, and `screening.ledger.protect` checks that they are still there.

CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'this table only grows' USING ERRCODE = 'integrity_constraint_violation'; END $$

-- The chain: an entry carries the next number and the hash of the entry before it.
CREATE FUNCTION ledger_entry_follows() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger_entry)
     OR NEW.previous <> COALESCE((SELECT hash FROM ledger_entry ORDER BY seq DESC LIMIT 1),
                                 (SELECT genesis FROM ledger_identity)) THEN
    RAISE EXCEPTION 'an entry follows the last one' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

-- Entries, heads and the identity only grow; lines of the Logboek have a term and are deleted after it.
CREATE TRIGGER ledger_identity_refuse_change BEFORE UPDATE OR DELETE ON ledger_identity FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()

CREATE TRIGGER ledger_identity_refuse_truncate BEFORE TRUNCATE ON ledger_identity FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()

CREATE TRIGGER ledger_entry_refuse_change BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()

CREATE TRIGGER ledger_entry_refuse_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()

CREATE TRIGGER ledger_start_refuse_change BEFORE UPDATE OR DELETE ON ledger_start FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()

CREATE TRIGGER ledger_start_refuse_truncate BEFORE TRUNCATE ON ledger_start FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()

CREATE TRIGGER processing_line_refuse_change BEFORE UPDATE ON processing_line FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()

CREATE TRIGGER processing_line_refuse_truncate BEFORE TRUNCATE ON processing_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()

CREATE TRIGGER processing_block_refuse_change BEFORE UPDATE ON processing_block FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()

CREATE TRIGGER processing_block_refuse_truncate BEFORE TRUNCATE ON processing_block FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()

CREATE TRIGGER ledger_entry_follows BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_follows()

CREATE UNIQUE INDEX uq_ledger_identity_one ON ledger_identity ((true))

-- The role that may only add. It belongs to the server: two processes may make it at the same moment.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'barrier_ledger_writer')
     AND EXISTS (SELECT FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolcreaterole)) THEN
    BEGIN CREATE ROLE barrier_ledger_writer NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
  END IF;
END $$
