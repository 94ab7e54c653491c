-- The queue in each of its orders without sorting, its filters with what is sorted by at hand, and the dashboard's two tables of figures each
-- in one pass over an index in the order of its groups.

DROP INDEX project_queue;
DROP INDEX project_counts;
CREATE INDEX project_queue ON project (superseded_by, received_at, project, unit, category, status, decision, reviewer, rules, errors, to_verify,
    search, project_name, first_completer, employer);
CREATE INDEX project_by_unit ON project (superseded_by, unit, project_name, project);
CREATE INDEX project_by_name ON project (superseded_by, project_name, project);
CREATE INDEX project_by_category ON project (superseded_by, category, received_at DESC, project);
CREATE INDEX project_by_completer ON project (superseded_by, first_completer, employer, project);
CREATE INDEX project_by_errors ON project (superseded_by, errors DESC, to_verify DESC, project);
CREATE INDEX project_by_status ON project (superseded_by, status, received_at, project);
CREATE INDEX project_by_decision ON project (superseded_by, decision, received_at DESC, project);
CREATE INDEX project_figures ON project (superseded_by, status, category, decision);
CREATE INDEX project_shares ON project (superseded_by, unit, status);
