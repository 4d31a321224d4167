CREATE TABLE half_made (number INTEGER NOT NULL);
CREATE TABLE half_made (number INTEGER NOT NULL);
