-- What MAIL FROM asked of the queue (see Handling), and how often a sender was told that a recipient is delayed.

ALTER TABLE message ADD COLUMN handling VARCHAR(300) NOT NULL DEFAULT '';
ALTER TABLE recipient ADD COLUMN notices INTEGER NOT NULL DEFAULT 0;
