/**
 * The administration's HTTP API, on loopback, behind a token.
 *
 * <p>In: requests of {@code posthorn domain|user|alias|queue|trace} and of scripts. Out: answers, each as text for
 * people and as JSON for programs. The answers are made by {@link org.posthorn.server.admin.Api} without any HTTP, so
 * that the command line gives the same ones when the server is down. Read that one first, then {@code AdminServer}.
 */
package org.posthorn.server.admin;
