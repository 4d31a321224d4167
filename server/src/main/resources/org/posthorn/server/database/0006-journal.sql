-- What happened to messages and is not written into their tables yet; and messages that never came there. The octets
-- are our own: see Journal, Past and UnwrittenOctets.

-- The rows up to one that is the last belong together, in order.
CREATE TABLE journal (
  number BIGINT NOT NULL PRIMARY KEY,
  is_last SMALLINT NOT NULL,
  octets VARCHAR(4000) FOR BIT DATA NOT NULL
);

CREATE TABLE past (
  message_id BIGINT NOT NULL,
  part INTEGER NOT NULL,
  settled BIGINT NOT NULL,                     -- when, milliseconds since 1970
  octets VARCHAR(4000) FOR BIT DATA NOT NULL,
  CONSTRAINT past_key PRIMARY KEY (message_id, part)
);
CREATE INDEX past_by_settled ON past (settled);
