-- How much a user's mailbox may hold. -1: nothing is said, what users.xml says holds. The largest number: no limit.
ALTER TABLE users ADD COLUMN quota_octets BIGINT NOT NULL DEFAULT -1;
ALTER TABLE users ADD COLUMN quota_messages BIGINT NOT NULL DEFAULT -1;
