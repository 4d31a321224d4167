-- Domains, users and aliases. Names are stored as they are compared: in lower case, local parts in NFC.

CREATE TABLE domains (
  name VARCHAR(255) NOT NULL PRIMARY KEY
);

-- The number tells the order of creation. An empty verifier means that nobody can log in.
CREATE TABLE users (
  number BIGINT GENERATED ALWAYS AS IDENTITY,
  local_part VARCHAR(64) NOT NULL,
  domain VARCHAR(255) NOT NULL REFERENCES domains (name),
  argon2 VARCHAR(500) NOT NULL,
  scram VARCHAR(500) NOT NULL,
  PRIMARY KEY (domain, local_part)
);

CREATE INDEX users_by_age ON users (domain, number);

CREATE TABLE aliases (
  number BIGINT GENERATED ALWAYS AS IDENTITY,
  local_part VARCHAR(64) NOT NULL,
  domain VARCHAR(255) NOT NULL REFERENCES domains (name),
  target_local_part VARCHAR(64) NOT NULL,
  target_domain VARCHAR(255) NOT NULL,
  PRIMARY KEY (domain, local_part, target_domain, target_local_part)
);

-- Made once, at random. The salts of users that do not exist come from it.
CREATE TABLE directory_secret (
  name VARCHAR(30) NOT NULL PRIMARY KEY,
  content VARCHAR(100) NOT NULL
);
