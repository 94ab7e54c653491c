-- What the queue asks of a project stands with it, written in the transaction that changes it (`store.standing`): the decision and who made
-- it, the rules of its open findings (in order, each between spaces), the row of the search index. Every filter and every count is then one
-- pass over one narrow index instead of a look-up a project in four tables.

ALTER TABLE project ADD COLUMN decision TEXT;
ALTER TABLE project ADD COLUMN reviewer TEXT;
ALTER TABLE project ADD COLUMN rules TEXT NOT NULL DEFAULT '';
ALTER TABLE project ADD COLUMN search INTEGER;
UPDATE project SET
    decision = (SELECT d.decision FROM decision AS d WHERE d.project = project.project),
    reviewer = (SELECT d.actor FROM decision AS d WHERE d.project = project.project),
    search = (SELECT id FROM project_text AS t WHERE t.project = project.project),
    rules = coalesce((SELECT ' ' || group_concat(rule, ' ') || ' ' FROM
        (SELECT DISTINCT rule FROM finding_list AS f WHERE f.project = project.project AND f.state = 'open' ORDER BY rule)), '');

DROP INDEX project_current;
DROP INDEX project_counts;
DROP INDEX project_errors;
CREATE INDEX project_queue ON project
    (superseded_by, received_at, project, unit, category, status, decision, reviewer, rules, errors, to_verify, search);
CREATE INDEX project_counts ON project (superseded_by, status, category, unit, decision);
CREATE INDEX message_newest ON message (status, received_at, message);
CREATE INDEX sighting_seen ON sighting (seen_at);

DROP VIEW project_list;
CREATE VIEW project_list AS
SELECT project.project, project.message, project.unit, project.project_name, project.category, project.first_completer,
    project.employer, project.received_at, project.status, project.errors, project.to_verify, message.message_errors,
    project.decision, project.superseded_by
FROM project
JOIN message ON message.message = project.message;
