/**
 * Whose mail is hosted here: domains, users, aliases and passwords.
 *
 * <p>In: addresses, passwords. Out: {@link org.posthorn.server.users.Resolution who that is}. Passwords are kept as
 * Argon2id and SCRAM-SHA-256 verifiers only. Read {@link org.posthorn.server.users.Directory} first.
 */
package org.posthorn.server.users;
