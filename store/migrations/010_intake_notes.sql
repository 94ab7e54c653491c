-- What a clerk should know about a file that was read all the same (JSON, a list of sentences), and the view that shows it, one row a sentence.

ALTER TABLE file ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';

CREATE VIEW note_list AS
SELECT file.message, file.path, note.value AS note
FROM file, json_each(file.notes) AS note;
