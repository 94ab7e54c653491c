-- By which program a file was looked at and split: another one may see something else in it.

ALTER TABLE seen ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
