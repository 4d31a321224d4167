-- The spool: messages, their forms, their recipients, their history. Times are milliseconds since 1970.

-- Numbers given out in blocks; a block is committed before its first number is used.
CREATE TABLE id_block (
  name VARCHAR(32) NOT NULL PRIMARY KEY,
  reserved BIGINT NOT NULL
);

CREATE TABLE message (
  id BIGINT NOT NULL PRIMARY KEY,
  sender_local VARCHAR(600) NOT NULL,          -- both parts empty: the null sender
  sender_domain VARCHAR(300) NOT NULL,
  size_parameter BIGINT NOT NULL,              -- -1: not given
  body VARCHAR(20) NOT NULL,
  smtp_utf8 SMALLINT NOT NULL,
  ret VARCHAR(20) NOT NULL,
  envelope_id VARCHAR(500) NOT NULL,
  received BIGINT NOT NULL,
  listener VARCHAR(200) NOT NULL,
  remote_address VARCHAR(100) NOT NULL,
  helo VARCHAR(600) NOT NULL,
  user_name VARCHAR(600) NOT NULL,
  open_recipients INTEGER NOT NULL,            -- how many are not settled
  settled BIGINT NOT NULL                      -- when that came to none; 0 before
);
CREATE INDEX message_by_settled ON message (settled, id);

CREATE TABLE variant (
  message_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  octets BIGINT NOT NULL,
  location VARCHAR(2000) NOT NULL,             -- where its octets lie in the body store; without meaning once settled
  attributes VARCHAR(8000) NOT NULL,           -- the first part
  PRIMARY KEY (message_id, number)
);

-- The further parts of attributes that are longer than one column.
CREATE TABLE variant_attributes (
  message_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  part INTEGER NOT NULL,
  text VARCHAR(8000) NOT NULL,
  PRIMARY KEY (message_id, number, part)
);

CREATE TABLE recipient (
  message_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  variant INTEGER NOT NULL,
  local_part VARCHAR(600) NOT NULL,
  domain VARCHAR(300) NOT NULL,
  notify_on VARCHAR(40) NOT NULL,
  original_recipient VARCHAR(1000) NOT NULL,
  status SMALLINT NOT NULL,                    -- 1 pending, 2 failed, 3 routed, 4 held, 11 delivered, 12 bounced, 13 discarded
  held_status SMALLINT NOT NULL,               -- what a held one was before
  held_by VARCHAR(200) NOT NULL,
  due BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  processor VARCHAR(200) NOT NULL,
  released SMALLINT NOT NULL,
  agent VARCHAR(200) NOT NULL,
  next_hop VARCHAR(400) NOT NULL,
  reply VARCHAR(2000) NOT NULL,
  PRIMARY KEY (message_id, number)
);
CREATE INDEX recipient_by_due ON recipient (status, due, message_id, number);

CREATE TABLE history (
  message_id BIGINT NOT NULL,
  number BIGINT GENERATED ALWAYS AS IDENTITY,
  happened BIGINT NOT NULL,
  recipient VARCHAR(1000) NOT NULL,
  what VARCHAR(100) NOT NULL,
  detail VARCHAR(4000) NOT NULL,
  PRIMARY KEY (message_id, number)
);
