/**
 * The measuring of a mail server: a load, a sink, and a table of what came of it.
 *
 * <p>In: a {@link org.posthorn.server.bench.Subject}, the server to be measured, and how much is to be sent. Out:
 * figures, and which messages were lost or came twice. Needs the JDK alone, so that it does not measure itself by the
 * code that it measures. Read {@link org.posthorn.server.bench.Bench} first.
 */
package org.posthorn.server.bench;
