/**
 * The command line: {@code posthorn init}, {@code run}, {@code check}, {@code demo}, and the operator's commands.
 *
 * <p>Names and flags are a contract. Commands that concern a running server speak to its HTTP API on loopback.
 */
package org.posthorn.server.cli;
