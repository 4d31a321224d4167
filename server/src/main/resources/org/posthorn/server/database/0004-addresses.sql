-- Domains that are others, and users with a subaddress delimiter of their own. Names as in domains and users.

CREATE TABLE domain_aliases (
  name VARCHAR(255) NOT NULL PRIMARY KEY,
  target VARCHAR(255) NOT NULL REFERENCES domains (name)
);

-- An empty delimiter: no subaddresses. Who is not here has the one of conf/users.xml.
CREATE TABLE subaddress_delimiters (
  domain VARCHAR(255) NOT NULL,
  local_part VARCHAR(64) NOT NULL,
  delimiter VARCHAR(1) NOT NULL,
  PRIMARY KEY (domain, local_part),
  FOREIGN KEY (domain, local_part) REFERENCES users (domain, local_part) ON DELETE CASCADE
);
