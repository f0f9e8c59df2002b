-- Every rule of the store that a table definition cannot express. They hold for raw SQL too, also for a client that
-- does not ask SQLite for foreign keys. `screening.store.guards` makes a trigger of each for SQLite and for PostgreSQL,
-- and makes all of them again after a migration: a rule is changed here and nowhere else.
--
--     CREATE TRIGGER <rule> BEFORE <moments> ON <tables> [WHEN <condition>] REFUSE '<reason>';
--
-- REPLACE: a row that takes the place of another of the same key. SQLite takes the old row away without asking the
-- guards of UPDATE and DELETE. TRUNCATE: PostgreSQL alone has it. CLOSED_LISTS: every table `word_...`.


-- 1. What only grows --------------------------------------------------------------------------------------------------

-- Decisions, keys, batches and receipts stay for good.
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR REPLACE OR TRUNCATE ON
    rule_draft, rule_version, rule_event, riec_key, riec_key_event, partner_agreement, partner_agreement_event,
    riec_draft, riec_draft_event, riec_batch, riec_batch_placed, statistics_month, erasure, erasure_item, erasure_done,
    erasure_plan_decided, rejected_link, delivery, delivery_decided, personal_key, personal_key_event,
    mandate_signature, policy_answer, yield_decided
REFUSE 'this table only grows';

-- The same, except for erasure: part 2 says when a row of these is deleted.
CREATE TRIGGER only_grows BEFORE UPDATE OR REPLACE OR TRUNCATE ON
    case_opened, case_reading, case_judgement, case_explanation, case_note, case_found, case_step, case_act,
    case_hand_over, partner_hand_over, partner_hand_over_event, tip_hand_over, tip_hand_over_event, snooze,
    unseen_decision,
    link_judgement, link_reading, link_reading_undone, link_result_seen, visit_outcome,
    riec_signal, riec_content, riec_approval, riec_event, riec_draft_line, riec_draft_manifest, riec_disclosure,
    riec_call_back, riec_feedback, riec_feedback_text, objection, objection_decision
REFUSE 'this table only grows';

-- These rows change; they are deleted only by part 2.
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON review_case, visit_stop, case_fact
REFUSE 'this table only grows';

CREATE TRIGGER is_never_replaced BEFORE REPLACE ON review_case
REFUSE 'a case is not replaced';

-- Tips of colleagues are never changed; each is erased on its own date. The text alone can go before: it is noted first.
CREATE TRIGGER never_changes BEFORE UPDATE OR REPLACE ON
    signal_decision, care_contact, care_step, care_number, tip_text_removed, tip_forwarded, contact_duty
REFUSE 'this row never changes';

CREATE TRIGGER never_changes BEFORE
    UPDATE OF signal_id, reporter, received_at, received_on, number_of_day, seen_on, postcode, house_number, addition,
    place, observations, delete_after OR REPLACE
ON colleague_signal
REFUSE 'this row never changes';

CREATE TRIGGER loses_its_text_alone BEFORE UPDATE OF text ON colleague_signal
WHEN NEW.text <> '' OR NOT EXISTS (SELECT 1 FROM tip_text_removed AS r WHERE r.signal_id = OLD.signal_id)
REFUSE 'the text of a tip goes as a whole, after it is noted';

-- A plan of erasure about which nothing was decided gives way to the next one.
CREATE TRIGGER never_changes BEFORE UPDATE OR REPLACE OR TRUNCATE ON erasure_plan, erasure_plan_item
REFUSE 'this row never changes';

CREATE TRIGGER stays_once_decided BEFORE DELETE ON erasure_plan, erasure_plan_item
WHEN EXISTS (SELECT 1 FROM erasure_plan_decided AS d WHERE d.plan_id = OLD.plan_id)
REFUSE 'a plan of erasure that was decided about stays';

-- A word is added by a migration.
CREATE TRIGGER changes_with_migration BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON CLOSED_LISTS
REFUSE 'a word of a closed list comes with a migration';


-- 2. Erasure: a row is deleted only after a receipt names it, or the case, signal or request to which it belongs ------

CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON
    review_case, case_opened, case_reading, case_judgement, case_explanation, case_note, case_found, case_step,
    case_act, case_hand_over, partner_hand_over, partner_hand_over_event, case_fact, snooze, unseen_decision, visit_stop
WHEN NOT EXISTS (SELECT 1 FROM erasure_item AS e WHERE e.kind = 'case' AND e.item = OLD.case_id)
REFUSE 'a row goes after it is noted on a receipt of erasure';

CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON visit_outcome
WHEN NOT EXISTS (
    SELECT 1 FROM visit_stop AS v JOIN erasure_item AS e ON e.kind = 'case' AND e.item = v.case_id
    WHERE v.visit_id = OLD.visit_id)
REFUSE 'a row goes after it is noted on a receipt of erasure';

CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON link_judgement
WHEN NOT EXISTS (SELECT 1 FROM erasure_item AS e WHERE e.kind = 'link_judgement' AND e.item = CAST(OLD.id AS TEXT))
REFUSE 'a row goes after it is noted on a receipt of erasure';

CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON link_reading
WHEN NOT EXISTS (SELECT 1 FROM erasure_item AS e WHERE e.kind = 'link_reading' AND e.item = CAST(OLD.id AS TEXT))
REFUSE 'a row goes after it is noted on a receipt of erasure';

CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON link_reading_undone, link_result_seen
WHEN NOT EXISTS (
    SELECT 1 FROM erasure_item AS e WHERE e.kind = 'link_reading' AND e.item = CAST(OLD.reading_id AS TEXT))
REFUSE 'a row goes after it is noted on a receipt of erasure';

CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON riec_signal, riec_disclosure, riec_call_back, riec_feedback
WHEN NOT EXISTS (SELECT 1 FROM erasure_item AS e WHERE e.kind = 'riec_signal' AND e.item = OLD.signal_id)
REFUSE 'a row goes after it is noted on a receipt of erasure';

CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON riec_approval, riec_event, riec_draft_line
WHEN NOT EXISTS (
    SELECT 1 FROM riec_signal AS s JOIN erasure_item AS e ON e.kind = 'riec_signal' AND e.item = s.signal_id
    WHERE s.id = OLD.riec_id)
REFUSE 'a row goes after it is noted on a receipt of erasure';

CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON tip_hand_over
WHEN NOT EXISTS (SELECT 1 FROM erasure_item AS e WHERE e.kind = 'tip_hand_over' AND e.item = CAST(OLD.id AS TEXT))
REFUSE 'a row goes after it is noted on a receipt of erasure';

CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON tip_hand_over_event
WHEN NOT EXISTS (
    SELECT 1 FROM erasure_item AS e WHERE e.kind = 'tip_hand_over' AND e.item = CAST(OLD.hand_over_id AS TEXT))
REFUSE 'a row goes after it is noted on a receipt of erasure';

-- What a receiver wrote goes with the content of the signal that it is about.
CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON riec_feedback_text
WHEN NOT EXISTS (
    SELECT 1 FROM riec_signal AS s JOIN riec_event AS e ON e.riec_id = s.id
    WHERE s.signal_id = OLD.signal_id AND e.kind = 'erased')
REFUSE 'what a receiver wrote stays until the content of its signal is noted as erased';

CREATE TRIGGER comes_while_content_is_there BEFORE INSERT ON riec_feedback_text
WHEN NOT EXISTS (
    SELECT 1 FROM riec_signal AS s JOIN riec_content AS c ON c.riec_id = s.id WHERE s.signal_id = NEW.signal_id)
REFUSE 'what a receiver writes of a signal that is erased is not kept';

CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON objection, objection_decision
WHEN NOT EXISTS (SELECT 1 FROM erasure_item AS e WHERE e.kind = 'objection' AND e.item = OLD.objection_id)
REFUSE 'a row goes after it is noted on a receipt of erasure';

CREATE TRIGGER goes_after_erasure_is_noted BEFORE DELETE ON riec_content
WHEN NOT EXISTS (SELECT 1 FROM riec_event AS e WHERE e.riec_id = OLD.riec_id AND e.kind = 'erased')
REFUSE 'the content of a signal stays until it is noted as erased';

-- What goes was put forward by one person and approved by another, as the plan lists it; a plan is carried out once.
CREATE TRIGGER follows_proposal BEFORE INSERT ON erasure_plan_decided
WHEN NEW.decision <> 'put_forward' AND (
    NOT EXISTS (
        SELECT 1 FROM erasure_plan_decided AS d
        WHERE d.plan_id = NEW.plan_id AND d.decision = 'put_forward' AND d.decided_by = NEW.put_forward_by)
    OR EXISTS (
        SELECT 1 FROM erasure_plan_decided AS d WHERE d.plan_id = NEW.plan_id AND d.decision <> 'put_forward'))
REFUSE 'a plan is put forward by one person and decided about by another, once';

CREATE TRIGGER keeps_its_items BEFORE INSERT ON erasure_plan_item
WHEN EXISTS (SELECT 1 FROM erasure_plan_decided AS d WHERE d.plan_id = NEW.plan_id)
REFUSE 'a plan of erasure that was decided about stays as it is';

CREATE TRIGGER needs_approved_plan BEFORE INSERT ON erasure
WHEN NOT EXISTS (
        SELECT 1 FROM erasure_plan_decided AS d WHERE d.plan_id = NEW.plan_id AND d.decision = 'approved')
    OR EXISTS (SELECT 1 FROM erasure AS e WHERE e.plan_id = NEW.plan_id)
REFUSE 'an erasure needs a plan that two people approved, and is of one';

CREATE TRIGGER is_of_its_plan BEFORE INSERT ON erasure_item
WHEN NOT EXISTS (
    SELECT 1 FROM erasure AS e
    JOIN erasure_plan_item AS p ON p.plan_id = e.plan_id AND p.kind = NEW.kind AND p.item = NEW.item
    WHERE e.receipt_id = NEW.receipt_id)
REFUSE 'what goes is listed in the plan that was approved';

CREATE TRIGGER goes_when_decided BEFORE DELETE ON riec_draft_manifest
WHEN NOT EXISTS (
    SELECT 1 FROM riec_draft_event AS e WHERE e.batch_id = OLD.batch_id AND e.action IN ('approved', 'dropped'))
REFUSE 'the manifest of a prepared batch stays until that is approved or dropped';

-- Only a closed case is erased, and a receipt that was carried out gets no items any more.
CREATE TRIGGER needs_closed_case_and_open_receipt BEFORE INSERT ON erasure_item
WHEN (NEW.kind = 'case' AND EXISTS (
        SELECT 1 FROM review_case AS c WHERE c.case_id = NEW.item AND c.concluded_on IS NULL))
    OR EXISTS (SELECT 1 FROM erasure_done AS d WHERE d.receipt_id = NEW.receipt_id)
REFUSE 'an open case is not erased, and a receipt that was carried out is closed';


-- 3. Rules of screening -----------------------------------------------------------------------------------------------

-- With a false author in its row, a decision could be approved by the true author of the version.
CREATE TRIGGER names_author_and_code_of_version BEFORE INSERT ON rule_event
WHEN NEW.version_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM rule_version AS v
    WHERE v.version_id = NEW.version_id AND v.author = NEW.author AND v.code = NEW.code)
REFUSE 'a decision names the author and the code of its version';


-- A version is proposed from a draft, as the terminal prepared it; and it is approved before it is activated.
CREATE TRIGGER is_of_draft BEFORE INSERT ON rule_version
WHEN NOT EXISTS (
    SELECT 1 FROM rule_draft AS d
    WHERE d.version_id = NEW.version_id AND d.code = NEW.code AND d.content_sha256 = NEW.content_sha256)
REFUSE 'a version is proposed from a draft';

CREATE TRIGGER is_activated_after_approval BEFORE INSERT ON rule_event
WHEN NEW.action = 'activated' AND coalesce((
    SELECT e.action FROM rule_event AS e
    WHERE e.id = (
        SELECT max(l.id) FROM rule_event AS l
        WHERE l.version_id = NEW.version_id AND l.action IN ('proposed', 'approved'))), '') <> 'approved'
REFUSE 'a version is activated after another person approved it';


-- 4. Cases ------------------------------------------------------------------------------------------------------------

-- A second judgement is by somebody else, and is asked for only where the first confirms or in a later round.
CREATE TRIGGER needs_own_reading_and_other_officer BEFORE INSERT ON case_judgement
WHEN NOT EXISTS (
        SELECT 1 FROM case_reading AS reading WHERE reading.case_id = NEW.case_id AND reading.account = NEW.judged_by)
    OR (NEW.role = 'second' AND NOT EXISTS (
        SELECT 1 FROM case_judgement AS first_judgement
        WHERE first_judgement.id = NEW.first_id AND first_judgement.case_id = NEW.case_id
            AND first_judgement.round = NEW.round AND first_judgement.role = 'first'
            AND first_judgement.judged_by = NEW.first_by AND first_judgement.judged_by <> NEW.judged_by
            AND (first_judgement.round > 1 OR first_judgement.outcome IN ('bevestigd_afwijking', 'doorgezet'))))
REFUSE 'a judgement needs an own reading, and a second one a first by somebody else';

-- What a colleague thinks of a case is for those who gave their own judgement of it.
CREATE TRIGGER is_of_who_judged BEFORE INSERT ON case_note
WHEN NOT EXISTS (
    SELECT 1 FROM case_judgement AS judgement
    WHERE judgement.case_id = NEW.case_id AND judgement.judged_by = NEW.account)
REFUSE 'a note is written by somebody who judged the case';

-- In the first round a confirmed deviation needs two officers, in a later round every outcome does.
CREATE TRIGGER outcome_needs_judgements BEFORE INSERT OR UPDATE OF state, outcome, round ON review_case
WHEN NEW.outcome IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM case_judgement AS first_judgement
    WHERE first_judgement.case_id = NEW.case_id AND first_judgement.round = NEW.round
        AND first_judgement.role = 'first' AND first_judgement.outcome = NEW.outcome
        AND ((NEW.round = 1 AND NEW.outcome <> 'bevestigd_afwijking' AND (
                NEW.outcome <> 'doorgezet' OR first_judgement.refer_to IN ('ander_team', 'zorgcoordinatie')))
            OR EXISTS (
                SELECT 1 FROM case_judgement AS second_judgement
                WHERE second_judgement.first_id = first_judgement.id AND second_judgement.role = 'second'
                    AND second_judgement.outcome = NEW.outcome
                    AND coalesce(second_judgement.refer_to, '') = coalesce(first_judgement.refer_to, ''))))
REFUSE 'an outcome needs its judgements: two officers for a confirmed deviation, or for another organisation';

CREATE TRIGGER keeps_decision BEFORE UPDATE ON review_case
WHEN OLD.concluded_on IS NOT NULL AND (
    NEW.concluded_on IS NULL OR NEW.state <> OLD.state OR NEW.round <> OLD.round
    OR coalesce(NEW.outcome, '') <> coalesce(OLD.outcome, ''))
REFUSE 'what was decided stays decided';

-- The guards of a signal to a partner ask the case: drawn at random, sensitive, which address. One change is the run's:
-- a drawn address becomes a flagged one as long as nobody has read its case.
CREATE TRIGGER keeps_subject BEFORE UPDATE ON review_case
WHEN NEW.case_id <> OLD.case_id OR NEW.address_id <> OLD.address_id OR (OLD.sensitive AND NOT NEW.sensitive)
    OR (NEW.sensitive <> OLD.sensitive AND OLD.concluded_on IS NOT NULL)
    OR (NEW.arm <> OLD.arm AND (
        OLD.arm = 'flag' OR OLD.concluded_on IS NOT NULL
        OR EXISTS (SELECT 1 FROM case_reading AS r WHERE r.case_id = OLD.case_id)
        OR NOT EXISTS (SELECT 1 FROM flag AS f WHERE f.run_id = NEW.run_id AND f.address_id = NEW.address_id)))
REFUSE 'what a case is about does not change';

-- What lapsed was seen by nobody: the team lead decides about it once, and what it rested on is known for a term at most.
CREATE TRIGGER is_of_lapsed_case BEFORE INSERT ON unseen_decision
WHEN NOT EXISTS (SELECT 1 FROM review_case AS c WHERE c.case_id = NEW.case_id AND c.state = 'lapsed')
REFUSE 'a team lead decides about a case that lapsed';

CREATE TRIGGER is_not_of_unseen_case BEFORE INSERT OR UPDATE ON case_fact
WHEN EXISTS (SELECT 1 FROM review_case AS c WHERE c.case_id = NEW.case_id AND c.state = 'lapsed')
    AND (NEW.until IS NULL OR NOT EXISTS (
        SELECT 1 FROM unseen_decision AS d WHERE d.case_id = NEW.case_id AND d.decision = 'closed'))
REFUSE 'what nobody saw is not known';

-- What follows a judgement is of a case that was decided: by two officers that it is a deviation, or that it belongs to
-- another organisation, which a person then tells.
CREATE TRIGGER needs_decided_case BEFORE INSERT ON case_act
WHEN NOT EXISTS (
    SELECT 1 FROM review_case AS c
    WHERE c.case_id = NEW.case_id AND c.state = 'closed'
        AND ((c.outcome = 'bevestigd_afwijking' AND NEW.kind <> 'passed_on')
            OR (c.outcome = 'doorgezet' AND NEW.kind = 'passed_on')))
REFUSE 'an act is of a case that was decided';

-- After the result nothing follows, unless the case is taken up again; and that follows a result.
CREATE TRIGGER ends_with_result BEFORE INSERT ON case_act
WHEN (NEW.kind = 'resumed') <> EXISTS (
    SELECT 1 FROM case_act AS r
    WHERE r.case_id = NEW.case_id AND r.kind = 'result' AND NOT EXISTS (
        SELECT 1 FROM case_act AS later
        WHERE later.case_id = r.case_id AND later.kind = 'resumed' AND later.id > r.id))
REFUSE 'a case with a result is over, unless it is taken up again';

CREATE TRIGGER is_free_of_objection BEFORE INSERT ON case_act
WHEN EXISTS (
    SELECT 1 FROM objection AS o
    JOIN objection_decision AS d ON d.objection_id = o.objection_id AND d.decision = 'upheld'
    WHERE o.claim IN ('objection', 'erasure')
        AND o.address_id = (SELECT c.address_id FROM review_case AS c WHERE c.case_id = NEW.case_id) AND NOT EXISTS (
        SELECT 1 FROM objection_decision AS later WHERE later.objection_id = o.objection_id AND later.id > d.id))
REFUSE 'an objection about this address holds';

CREATE TRIGGER is_free_of_objection BEFORE INSERT ON case_hand_over
WHEN NEW.kind <> 'taken_back' AND EXISTS (
    SELECT 1 FROM objection AS o
    JOIN objection_decision AS d ON d.objection_id = o.objection_id AND d.decision = 'upheld'
    WHERE o.claim IN ('objection', 'erasure')
        AND o.address_id = (SELECT c.address_id FROM review_case AS c WHERE c.case_id = NEW.case_id) AND NOT EXISTS (
        SELECT 1 FROM objection_decision AS later WHERE later.objection_id = o.objection_id AND later.id > d.id))
REFUSE 'an objection about this address holds';

-- To the case system goes what two officers confirmed, once until it is taken back: never what was drawn at random, and
-- nothing sensitive. What is taken back was handed over, of the same case.
CREATE TRIGGER needs_confirmed_plain_flag BEFORE INSERT ON case_hand_over
WHEN (NEW.kind = 'hand_over' AND (
        NOT EXISTS (
            SELECT 1 FROM review_case AS c
            WHERE c.case_id = NEW.case_id AND c.arm = 'flag' AND c.state = 'closed' AND NOT c.sensitive
                AND c.outcome = 'bevestigd_afwijking')
        OR EXISTS (
            SELECT 1 FROM case_hand_over AS h
            WHERE h.case_id = NEW.case_id AND h.kind = 'hand_over' AND NOT EXISTS (
                SELECT 1 FROM case_hand_over AS b WHERE b.takes_back = h.id))))
    OR (NEW.kind = 'taken_back' AND NOT EXISTS (
        SELECT 1 FROM case_hand_over AS h
        WHERE h.id = NEW.takes_back AND h.case_id = NEW.case_id AND h.kind = 'hand_over'))
REFUSE 'handed over is a confirmed case that was not drawn at random and is not sensitive, once';

-- A call goes to whom two officers passed the case on; a sheet is of a case that two officers confirmed, that was not drawn
-- at random and is not sensitive.
CREATE TRIGGER needs_two_officers BEFORE INSERT ON partner_hand_over
WHEN (NEW.form = 'call' AND NOT EXISTS (
        SELECT 1 FROM review_case AS c
        JOIN case_judgement AS j ON j.case_id = c.case_id AND j.round = c.round AND j.first_id IS NOT NULL
        WHERE c.case_id = NEW.case_id AND c.state = 'closed' AND c.outcome = 'doorgezet' AND j.refer_to = NEW.partner))
    OR (NEW.form = 'sheet' AND NOT EXISTS (
        SELECT 1 FROM review_case AS c
        WHERE c.case_id = NEW.case_id AND c.arm = 'flag' AND c.state = 'closed' AND NOT c.sensitive
            AND c.outcome = 'bevestigd_afwijking'))
REFUSE 'a partner gets what two officers passed on or confirmed';

CREATE TRIGGER is_free_of_objection BEFORE INSERT ON partner_hand_over
WHEN EXISTS (
    SELECT 1 FROM objection AS o
    JOIN objection_decision AS d ON d.objection_id = o.objection_id AND d.decision = 'upheld'
    WHERE o.claim IN ('objection', 'erasure')
        AND o.address_id = (SELECT c.address_id FROM review_case AS c WHERE c.case_id = NEW.case_id) AND NOT EXISTS (
        SELECT 1 FROM objection_decision AS later WHERE later.objection_id = o.objection_id AND later.id > d.id))
REFUSE 'an objection about this address holds';

-- A sheet is called back once and leaves no more after it; a call can be called back that told something of the case;
-- only what was called back is destroyed.
CREATE TRIGGER ends_when_called_back BEFORE INSERT ON partner_hand_over_event
WHEN NOT EXISTS (
        SELECT 1 FROM partner_hand_over AS h
        WHERE h.id = NEW.hand_over_id AND h.case_id = NEW.case_id AND h.prepared_by = NEW.prepared_by
            AND (h.form = 'sheet' OR (NEW.action <> 'released' AND h.recipient <> '')))
    OR (NEW.action = 'destroyed') <> EXISTS (
        SELECT 1 FROM partner_hand_over_event AS b
        WHERE b.hand_over_id = NEW.hand_over_id AND b.action = 'called_back')
    OR EXISTS (
        SELECT 1 FROM partner_hand_over_event AS g
        WHERE g.hand_over_id = NEW.hand_over_id AND g.action = 'destroyed')
REFUSE 'a sheet leaves no more once it was called back';

-- A tip goes to a partner on an agreement that two people stand behind, and to nobody else outside the municipality.
CREATE TRIGGER needs_agreement BEFORE INSERT ON tip_hand_over
WHEN NOT EXISTS (SELECT 1 FROM colleague_signal AS s WHERE s.signal_id = NEW.signal_id)
    OR NOT EXISTS (
        SELECT 1 FROM partner_agreement_event AS a WHERE a.agreement_id = NEW.agreement_id AND a.action = 'approved')
    OR EXISTS (
        SELECT 1 FROM partner_agreement_event AS r WHERE r.agreement_id = NEW.agreement_id AND r.action = 'retired')
REFUSE 'a partner gets a tip on an agreement in force';

CREATE TRIGGER stays_in_the_municipality BEFORE INSERT ON tip_forwarded
WHEN NEW.receiver <> 'toezicht'
REFUSE 'a partner gets a tip on an agreement in force';

CREATE TRIGGER comes_after_call_back BEFORE INSERT ON tip_hand_over_event
WHEN NEW.action = 'destroyed' AND NOT EXISTS (
    SELECT 1 FROM tip_hand_over_event AS b WHERE b.hand_over_id = NEW.hand_over_id AND b.action = 'called_back')
REFUSE 'only what was called back is destroyed';


-- 5. Links and visits -------------------------------------------------------------------------------------------------

CREATE TRIGGER before_result_is_seen BEFORE INSERT OR UPDATE OF reading_id ON link_reading_undone
WHEN EXISTS (SELECT 1 FROM link_result_seen WHERE reading_id = NEW.reading_id)
REFUSE 'its reader has seen the result';

CREATE TRIGGER first_is_not_undone BEFORE INSERT OR UPDATE OF first_id ON link_reading
WHEN NEW.first_id IS NOT NULL AND EXISTS (SELECT 1 FROM link_reading_undone WHERE reading_id = NEW.first_id)
REFUSE 'the first reading was taken back';

-- A visit reaches into someone's life: two officers confirmed the deviation, or (a first look) who makes the list gave an
-- own reading of the case and opened each piece of its evidence; and no draw at random leads to a door.
CREATE TRIGGER needs_confirmed_or_read_flag BEFORE INSERT OR UPDATE OF case_id, list_id ON visit_stop
WHEN NOT EXISTS (
    SELECT 1 FROM review_case AS c
    WHERE c.case_id = NEW.case_id AND c.arm = 'flag' AND (
        (c.state = 'closed' AND c.outcome = 'bevestigd_afwijking')
        OR (c.concluded_on IS NULL AND EXISTS (
            SELECT 1 FROM visit_list AS l
            JOIN case_reading AS r ON r.account = l.made_by
            WHERE l.list_id = NEW.list_id AND r.case_id = c.case_id AND NOT EXISTS (
                SELECT 1 FROM evidence AS e
                WHERE e.run_id = c.run_id AND e.address_id = c.address_id AND NOT EXISTS (
                    SELECT 1 FROM case_opened AS o
                    WHERE o.case_id = c.case_id AND o.account = l.made_by AND o.run_id = c.run_id
                        AND o.item = 'hit:' || CAST(e.position AS TEXT)))))))
REFUSE 'a visit takes a case that is confirmed, or of which all was read, and that was not drawn at random';

-- Who comes along on a first look knows that rules flagged the case: no independent reading comes of it any more.
CREATE TRIGGER is_before_walking_along BEFORE INSERT ON case_reading
WHEN EXISTS (
    SELECT 1 FROM visit_stop AS s JOIN visit_list AS l ON l.list_id = s.list_id
    WHERE s.case_id = NEW.case_id AND l.companion = NEW.account)
REFUSE 'who came along on a visit does not read the case as a second officer';


-- 6. Signals to partners ----------------------------------------------------------------------------------------------

-- The case was not drawn at random and two officers confirmed it; a case keeps one id of signal for ever; a version
-- that left is not repeated.
CREATE TRIGGER needs_confirmed_case BEFORE INSERT ON riec_signal
WHEN NOT EXISTS (
        SELECT 1 FROM review_case AS c
        JOIN case_judgement AS first_judgement
            ON first_judgement.case_id = c.case_id AND first_judgement.round = c.round
            AND first_judgement.role = 'first'
        JOIN case_judgement AS second_judgement
            ON second_judgement.first_id = first_judgement.id AND second_judgement.role = 'second'
        WHERE c.case_id = NEW.case_id AND c.address_id = NEW.address_id AND c.sensitive = NEW.sensitive
            AND c.arm = 'flag' AND c.state = 'closed' AND c.outcome = 'bevestigd_afwijking'
            AND first_judgement.outcome = c.outcome AND second_judgement.outcome = c.outcome
            AND first_judgement.judged_by = NEW.first_by AND second_judgement.judged_by = NEW.second_by
            AND first_judgement.judged_by <> second_judgement.judged_by)
    OR EXISTS (
        SELECT 1 FROM riec_signal AS other_signal
        WHERE (other_signal.case_id = NEW.case_id) <> (other_signal.signal_id = NEW.signal_id))
    OR EXISTS (SELECT 1 FROM riec_disclosure AS d WHERE d.signal_id = NEW.signal_id AND d.version >= NEW.version)
REFUSE 'a signal is of one case, that two officers confirmed';

-- Of a signal that was withdrawn, nothing is prepared but a version that undoes that; of another one no such version.
CREATE TRIGGER undoes_withdrawal_that_stands BEFORE INSERT ON riec_signal
WHEN (coalesce(NEW.reason, '') = 'ten_onrechte_ingetrokken') <> EXISTS (
    SELECT 1 FROM riec_disclosure AS withdrawal
    WHERE withdrawal.signal_id = NEW.signal_id AND withdrawal.kind = 'withdrawal' AND NOT EXISTS (
        SELECT 1 FROM riec_disclosure AS reversal
        WHERE reversal.signal_id = NEW.signal_id AND reversal.kind = 'reversal' AND reversal.id > withdrawal.id))
REFUSE 'a withdrawn signal is only prepared to undo that';

-- Nothing about an address leaves while an objection about it holds: the last decision on it is that it is upheld.
CREATE TRIGGER is_free_of_objection BEFORE INSERT ON riec_signal
WHEN EXISTS (
    SELECT 1 FROM objection AS o
    JOIN objection_decision AS d ON d.objection_id = o.objection_id AND d.decision = 'upheld'
    WHERE o.claim IN ('objection', 'erasure') AND o.address_id = NEW.address_id AND NOT EXISTS (
        SELECT 1 FROM objection_decision AS later WHERE later.objection_id = o.objection_id AND later.id > d.id))
REFUSE 'an objection about this address holds';

CREATE TRIGGER is_free_of_objection BEFORE INSERT ON riec_disclosure
WHEN NEW.kind <> 'withdrawal' AND EXISTS (
    SELECT 1 FROM objection AS o
    JOIN objection_decision AS d ON d.objection_id = o.objection_id AND d.decision = 'upheld'
    WHERE o.claim IN ('objection', 'erasure')
        AND o.address_id = (SELECT s.address_id FROM riec_signal AS s WHERE s.id = NEW.riec_id) AND NOT EXISTS (
        SELECT 1 FROM objection_decision AS later WHERE later.objection_id = o.objection_id AND later.id > d.id))
REFUSE 'an objection about this address holds';

-- An approval is of the content that was prepared last and not sent back. The extra approval of a sensitive signal is
-- by a third person who did not judge the case.
CREATE TRIGGER is_of_last_content_by_another_officer BEFORE INSERT ON riec_approval
WHEN NOT EXISTS (
        SELECT 1 FROM riec_signal AS s
        WHERE s.id = NEW.riec_id AND s.prepared_by = NEW.prepared_by AND s.content_sha256 = NEW.content_sha256
            AND s.prepared_by <> NEW.approved_by AND NOT EXISTS (
            SELECT 1 FROM riec_signal AS later WHERE later.signal_id = s.signal_id AND later.id > s.id))
    OR EXISTS (SELECT 1 FROM riec_event AS e WHERE e.riec_id = NEW.riec_id)
    OR (NEW.kind = 'sensitive' AND NOT EXISTS (
        SELECT 1 FROM riec_approval AS a JOIN riec_signal AS s ON s.id = a.riec_id
        WHERE a.riec_id = NEW.riec_id AND a.kind = 'plain' AND a.approved_by = NEW.other_by
            AND a.approved_by <> NEW.approved_by AND s.sensitive AND s.first_by <> NEW.approved_by
            AND s.second_by <> NEW.approved_by))
REFUSE 'an approval is of the last content, by somebody else';

CREATE TRIGGER approves_one_key_by_another_person BEFORE INSERT ON riec_key_event
WHEN NOT EXISTS (
        SELECT 1 FROM riec_key AS k WHERE k.fingerprint = NEW.fingerprint AND k.proposed_by = NEW.proposed_by)
    OR EXISTS (SELECT 1 FROM riec_key_event AS e WHERE e.fingerprint = NEW.fingerprint AND e.action = 'retired')
    OR (NEW.action = 'approved' AND EXISTS (
        SELECT 1 FROM riec_key AS k
        JOIN riec_key AS new_key ON new_key.recipient = k.recipient AND new_key.fingerprint = NEW.fingerprint
        JOIN riec_key_event AS e ON e.fingerprint = k.fingerprint AND e.action = 'approved'
        WHERE NOT EXISTS (
            SELECT 1 FROM riec_key_event AS r WHERE r.fingerprint = k.fingerprint AND r.action = 'retired')))
REFUSE 'a key is approved by another person, and a recipient has one key at a time';

CREATE TRIGGER approves_one_agreement_at_a_time BEFORE INSERT ON partner_agreement_event
WHEN EXISTS (SELECT 1 FROM partner_agreement_event AS e WHERE e.agreement_id = NEW.agreement_id AND e.action = 'retired')
    OR (NEW.action = 'approved' AND EXISTS (
        SELECT 1 FROM partner_agreement AS a
        JOIN partner_agreement AS new_one ON new_one.recipient = a.recipient AND new_one.id = NEW.agreement_id
        JOIN partner_agreement_event AS e ON e.agreement_id = a.id AND e.action = 'approved'
        WHERE NOT EXISTS (
            SELECT 1 FROM partner_agreement_event AS r WHERE r.agreement_id = a.id AND r.action = 'retired')))
REFUSE 'an agreement that ended does not come back, and a recipient has one in force at a time';

-- A batch is prepared for a key that was approved by somebody else and not retired.
CREATE TRIGGER is_for_approved_key BEFORE INSERT ON riec_draft
WHEN NOT EXISTS (
        SELECT 1 FROM riec_key AS k
        JOIN riec_key_event AS e
            ON e.fingerprint = k.fingerprint AND e.action = 'approved' AND e.actor <> k.proposed_by
        WHERE k.fingerprint = NEW.fingerprint AND k.recipient = NEW.recipient)
    OR EXISTS (SELECT 1 FROM riec_key_event AS r WHERE r.fingerprint = NEW.fingerprint AND r.action = 'retired')
REFUSE 'a batch is prepared for an approved key';

-- A prepared batch holds signals to its recipient, all sensitive or none, and no more once somebody did something with it.
CREATE TRIGGER is_of_one_recipient_and_fence BEFORE INSERT ON riec_draft_line
WHEN NOT EXISTS (
        SELECT 1 FROM riec_draft AS d
        JOIN riec_signal AS s ON s.id = NEW.riec_id AND s.recipient = d.recipient AND s.sensitive = d.sensitive
        WHERE d.batch_id = NEW.batch_id AND (d.kind = 'signals') = (NEW.reason IS NULL))
    OR EXISTS (SELECT 1 FROM riec_draft_event AS e WHERE e.batch_id = NEW.batch_id)
REFUSE 'a prepared batch holds signals to one recipient, all sensitive or none';

-- One person signs a prepared batch and another approves it, who did not prepare it either. Who prepared or approved a
-- signal does not sign for it, but to call it back. After its approval, or once it is dropped, nothing more is done.
CREATE TRIGGER is_signed_and_approved_by_two BEFORE INSERT ON riec_draft_event
WHEN EXISTS (
        SELECT 1 FROM riec_draft_event AS e
        WHERE e.batch_id = NEW.batch_id AND e.action IN ('approved', 'dropped'))
    OR (NEW.action <> 'dropped' AND NOT EXISTS (SELECT 1 FROM riec_draft_line AS l WHERE l.batch_id = NEW.batch_id))
    OR (NEW.action = 'approved' AND NOT EXISTS (
        SELECT 1 FROM riec_draft_event AS s JOIN riec_draft AS d ON d.batch_id = s.batch_id
        WHERE s.batch_id = NEW.batch_id AND s.action = 'signed' AND s.actor = NEW.signed_by
            AND s.actor <> NEW.actor AND d.made_by <> NEW.actor))
    OR (NEW.action = 'signed' AND EXISTS (
        SELECT 1 FROM riec_draft AS d
        JOIN riec_draft_line AS l ON l.batch_id = d.batch_id
        JOIN riec_approval AS a ON a.riec_id = l.riec_id
        WHERE d.batch_id = NEW.batch_id AND d.kind <> 'withdrawal'
            AND (a.prepared_by = NEW.actor OR a.approved_by = NEW.actor)))
REFUSE 'a prepared batch is signed by one person and approved by another';

-- The sequence of a recipient has no gap, nor has that of the receiver; its key was approved by somebody else and not
-- retired; it was signed by whoever made it and approved by another person.
CREATE TRIGGER is_next_to_approved_key BEFORE INSERT ON riec_batch
WHEN NEW.sequence <> 1 + (
        SELECT coalesce(max(b.sequence), 0) FROM riec_batch AS b WHERE b.recipient = NEW.recipient)
    OR NOT EXISTS (
        SELECT 1 FROM riec_key AS k
        JOIN riec_key_event AS e
            ON e.fingerprint = k.fingerprint AND e.action = 'approved' AND e.actor <> k.proposed_by
        WHERE k.fingerprint = NEW.fingerprint AND k.recipient = NEW.recipient)
    OR EXISTS (SELECT 1 FROM riec_key_event AS r WHERE r.fingerprint = NEW.fingerprint AND r.action = 'retired')
    OR NOT EXISTS (
        SELECT 1 FROM riec_draft AS d
        JOIN riec_draft_event AS s ON s.batch_id = d.batch_id AND s.action = 'signed' AND s.actor = NEW.made_by
            AND s.key_fingerprint = NEW.sender_fingerprint
        JOIN riec_draft_event AS a ON a.batch_id = d.batch_id AND a.action = 'approved' AND a.actor <> s.actor
        WHERE d.batch_id = NEW.batch_id AND d.recipient = NEW.recipient AND d.fingerprint = NEW.fingerprint
            AND d.kind = NEW.kind AND d.number = 1 + (
            SELECT coalesce(max(coalesce(earlier.number, b.sequence)), 0) FROM riec_batch AS b
            LEFT JOIN riec_draft AS earlier ON earlier.batch_id = b.batch_id
            WHERE b.recipient = d.recipient AND coalesce(earlier.sensitive, FALSE) = d.sensitive))
REFUSE 'a batch is the next one to an approved key, signed by one person and approved by another';

CREATE TRIGGER needs_approvals_and_is_not_twice BEFORE INSERT ON riec_disclosure
-- in a batch to the recipient of the signal
WHEN NOT EXISTS (
        SELECT 1 FROM riec_batch AS b JOIN riec_signal AS s ON s.id = NEW.riec_id AND s.recipient = b.recipient
        WHERE b.batch_id = NEW.batch_id AND b.made_by = NEW.exported_by AND b.kind = NEW.kind)
    -- as it was prepared, signed and approved
    OR NOT EXISTS (
        SELECT 1 FROM riec_draft_line AS l
        WHERE l.batch_id = NEW.batch_id AND l.riec_id = NEW.riec_id
            AND coalesce(l.reason, '') = coalesce(NEW.reason, ''))
    -- with its approvals
    OR NOT EXISTS (
        SELECT 1 FROM riec_signal AS s
        JOIN riec_approval AS a ON a.riec_id = s.id AND a.kind = 'plain' AND a.approved_by <> s.prepared_by
        WHERE s.id = NEW.riec_id AND s.signal_id = NEW.signal_id AND s.version = NEW.version
            AND s.prepared_by = NEW.prepared_by AND s.content_sha256 = NEW.content_sha256
            AND a.approved_by = NEW.approved_by
            AND (NOT s.sensitive OR EXISTS (
                SELECT 1 FROM riec_approval AS extra
                WHERE extra.riec_id = s.id AND extra.kind = 'sensitive' AND extra.approved_by = NEW.extra_approval_by)))
    -- the last version, not sent back
    OR (NEW.kind <> 'withdrawal' AND (
        EXISTS (
            SELECT 1 FROM riec_signal AS s
            JOIN riec_signal AS later ON later.signal_id = s.signal_id AND later.id > s.id
            WHERE s.id = NEW.riec_id)
        OR EXISTS (SELECT 1 FROM riec_event AS e WHERE e.riec_id = NEW.riec_id)))
    -- while a withdrawal stands, nothing but that once more or its reversal; otherwise anything but these
    OR (NEW.kind IN ('withdrawal', 'reversal') AND (NEW.kind = 'withdrawal') = (NEW.repeats IS NOT NULL)) <> EXISTS (
        SELECT 1 FROM riec_disclosure AS withdrawal
        WHERE withdrawal.signal_id = NEW.signal_id AND withdrawal.kind = 'withdrawal' AND NOT EXISTS (
            SELECT 1 FROM riec_disclosure AS reversal
            WHERE reversal.signal_id = NEW.signal_id AND reversal.kind = 'reversal' AND reversal.id > withdrawal.id))
    -- a reversal is of a version that was prepared and approved as one
    OR (NEW.kind = 'reversal') <> (coalesce(NEW.reason, '') = 'ten_onrechte_ingetrokken')
    OR (NEW.kind = 'reversal' AND NOT EXISTS (
        SELECT 1 FROM riec_signal AS s WHERE s.id = NEW.riec_id AND s.reason = 'ten_onrechte_ingetrokken'))
    -- not twice to the same recipient
    OR (NEW.repeats IS NULL AND EXISTS (
        SELECT 1 FROM riec_disclosure AS d
        JOIN riec_batch AS earlier_batch ON earlier_batch.batch_id = d.batch_id
        JOIN riec_batch AS b ON b.batch_id = NEW.batch_id AND b.recipient = earlier_batch.recipient
        WHERE d.signal_id = NEW.signal_id AND (
            (d.riec_id = NEW.riec_id AND (d.kind = 'withdrawal') = (NEW.kind = 'withdrawal'))
            OR NEW.kind = 'signals')))
    -- but for a batch that was lost or expired unread: the same once more, unless somebody asked for it back
    OR (NEW.repeats IS NOT NULL AND (
        NOT EXISTS (
            SELECT 1 FROM riec_disclosure AS d
            JOIN riec_batch AS earlier_batch ON earlier_batch.batch_id = d.batch_id
            JOIN riec_batch AS b ON b.batch_id = NEW.batch_id AND b.recipient = earlier_batch.recipient
                AND b.sequence > earlier_batch.sequence
            WHERE d.batch_id = NEW.repeats AND d.riec_id = NEW.riec_id AND d.kind = NEW.kind
                AND coalesce(d.reason, '') = coalesce(NEW.reason, ''))
        OR (NEW.kind <> 'withdrawal' AND EXISTS (
            SELECT 1 FROM riec_call_back AS c WHERE c.signal_id = NEW.signal_id AND NOT EXISTS (
                SELECT 1 FROM riec_disclosure AS reversal
                WHERE reversal.signal_id = NEW.signal_id AND reversal.kind = 'reversal'
                    AND reversal.version > c.version)))))
    -- a correction, a withdrawal or a reversal is of what this recipient had
    OR (NEW.kind <> 'signals' AND NOT EXISTS (
        SELECT 1 FROM riec_disclosure AS d
        JOIN riec_batch AS earlier_batch ON earlier_batch.batch_id = d.batch_id
        JOIN riec_batch AS b ON b.batch_id = NEW.batch_id AND b.recipient = earlier_batch.recipient
        WHERE d.signal_id = NEW.signal_id))
REFUSE 'nothing is disclosed without its approvals, after it was withdrawn, or twice without naming the batch it repeats';


-- 7. Rights of people -------------------------------------------------------------------------------------------------

CREATE TRIGGER is_by_another_officer BEFORE INSERT ON objection_decision
WHEN NOT EXISTS (
    SELECT 1 FROM objection AS o
    WHERE o.objection_id = NEW.objection_id AND o.registered_by = NEW.registered_by
        AND o.registered_by <> NEW.decided_by)
REFUSE 'a request is decided by somebody else than who registered it';


-- 8. Deliveries -------------------------------------------------------------------------------------------------------

CREATE TRIGGER is_about_a_judged_delivery BEFORE INSERT ON delivery_decided
WHEN NOT EXISTS (
    SELECT 1 FROM delivery AS d
    WHERE d.register = NEW.register AND d.delivery_sha256 = NEW.delivery_sha256)
REFUSE 'a person decides about a delivery that was judged';

-- Two people accept a delivery, for the same date: what was proposed last counts. Who signed no mandate has made-up data.
CREATE TRIGGER is_accepted_by_two BEFORE INSERT ON delivery_decided
WHEN NEW.decision = 'accepted' AND EXISTS (SELECT 1 FROM mandate_signature) AND NOT EXISTS (
    SELECT 1 FROM delivery_decided AS p
    WHERE p.id = (
            SELECT max(last.id) FROM delivery_decided AS last
            WHERE last.register = NEW.register AND last.delivery_sha256 = NEW.delivery_sha256
                AND last.decision = 'proposed')
        AND p.decided_by <> NEW.decided_by AND p.holds_for IS NOT DISTINCT FROM NEW.holds_for)
REFUSE 'a delivery is accepted by two people, for the same date';


-- 9. Keys of people ---------------------------------------------------------------------------------------------------

-- A session of this very person that goes on, after a sign-in of a moment ago with a second factor.
CREATE TRIGGER is_registered_by_its_person BEFORE INSERT ON personal_key
WHEN NOT EXISTS (
    SELECT 1 FROM review_session AS s JOIN account AS a ON a.account = s.account
    WHERE s.session_hash = NEW.session AND s.account = NEW.account AND s.ended_at IS NULL
        AND s.fresh_until >= NEW.registered_at AND a.disabled_at IS NULL
        AND a.issuer = NEW.issuer AND a.subject = NEW.subject)
REFUSE 'a person registers a key of their own, after a fresh sign-in';

-- Confirmed by an administrator or a team lead who is another person in another session; withdrawn by one of these or by
-- its person; nothing is decided about a key that was withdrawn.
CREATE TRIGGER is_decided_after_fresh_sign_in BEFORE INSERT ON personal_key_event
WHEN NOT EXISTS (
        SELECT 1 FROM personal_key AS k
        JOIN review_session AS s ON s.session_hash = NEW.session AND s.account = NEW.decided_by
        JOIN account AS a ON a.account = s.account
        WHERE k.fingerprint = NEW.fingerprint AND k.account = NEW.owner AND s.ended_at IS NULL
            AND s.fresh_until >= NEW.at AND a.disabled_at IS NULL
            AND (replace(replace(CAST(s.roles AS TEXT), '"admin"', ''), '"lead"', '') <> CAST(s.roles AS TEXT)
                OR (NEW.action = 'withdrawn' AND k.account = NEW.decided_by))
            AND (NEW.action = 'withdrawn' OR (k.session <> NEW.session
                AND (a.issuer <> k.issuer OR a.subject <> k.subject))))
    OR EXISTS (
        SELECT 1 FROM personal_key_event AS e WHERE e.fingerprint = NEW.fingerprint AND e.action = 'withdrawn')
REFUSE 'a key is confirmed by another person in another session, after a fresh sign-in';

-- With a key of this very person that was confirmed and not withdrawn.
CREATE TRIGGER is_signed_by_its_person BEFORE INSERT ON mandate_signature
WHEN NOT EXISTS (
        SELECT 1 FROM personal_key AS k
        JOIN review_session AS s ON s.session_hash = NEW.session AND s.account = NEW.account
        JOIN account AS a ON a.account = s.account AND a.issuer = k.issuer AND a.subject = k.subject
        JOIN personal_key_event AS e ON e.fingerprint = k.fingerprint AND e.action = 'confirmed'
        WHERE k.fingerprint = NEW.fingerprint AND k.account = NEW.account AND s.ended_at IS NULL
            AND s.fresh_until >= NEW.at AND a.disabled_at IS NULL)
    OR EXISTS (
        SELECT 1 FROM personal_key_event AS e WHERE e.fingerprint = NEW.fingerprint AND e.action = 'withdrawn')
REFUSE 'a mandate is signed by a person with a confirmed key of their own, after a fresh sign-in';
