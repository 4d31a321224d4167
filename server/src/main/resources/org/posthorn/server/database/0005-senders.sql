-- A form of a message may go out under a sender of its own: a forward's, which is rewritten (SRS).

ALTER TABLE variant ADD COLUMN own_sender SMALLINT NOT NULL DEFAULT 0;          -- 1: the columns below; 0: the message's
ALTER TABLE variant ADD COLUMN sender_local VARCHAR(600) NOT NULL DEFAULT '';   -- both parts empty: the null sender
ALTER TABLE variant ADD COLUMN sender_domain VARCHAR(300) NOT NULL DEFAULT '';
