-- The views of the contract, columns in its order.

CREATE VIEW message_list AS
SELECT message, message_id, subject, sender, received_at, unit, status, reason, sha256
FROM message;

CREATE VIEW sighting_list AS
SELECT message, source, seen_at
FROM sighting;

CREATE VIEW file_list AS
SELECT message, path, sha256, media_type, bytes, status, reason, pages
FROM file;

CREATE VIEW part_list AS
SELECT message, file, project, form, source, first_page, last_page, sealed, signed, used
FROM part;

CREATE VIEW project_list AS
SELECT project.project, project.message, project.unit, project.project_name, project.category, project.first_completer,
    project.employer, project.received_at, project.status, project.errors, project.to_verify, message.message_errors,
    decision.decision, project.superseded_by
FROM project
JOIN message ON message.message = project.message
LEFT JOIN decision ON decision.project = project.project;

CREATE VIEW field_list AS
SELECT project_ref AS project, message, form, "row", field, source, value, raw, confidence, file, page, x0, y0, x1, y1
FROM field;

CREATE VIEW value_list AS
SELECT project, form, field, value, chosen_from, CASE agreement WHEN 'unsure' THEN 'differs' ELSE agreement END AS agreement
FROM choice;

CREATE VIEW finding_list AS
SELECT finding.message, finding.project_ref AS project, finding.rule, finding.severity, finding.text, nullif(finding.form, '') AS form,
    nullif(finding.field, '') AS field, finding.file, finding.page, iif(dismissal.rule IS NULL, 'open', 'dismissed') AS state
FROM finding
LEFT JOIN dismissal USING (message, project, rule, form, field);

CREATE VIEW history_list AS
SELECT at, actor, action, project, message, before, after, reason
FROM history;
