-- Whether the unit of a message that names none was told by its sender's other mails.

ALTER TABLE message ADD COLUMN remembered INTEGER NOT NULL DEFAULT 0 CHECK (remembered IN (0, 1));
CREATE INDEX message_sender ON message (lower(sender_address));
