/**
 * The processors file, compiled and run.
 *
 * <p>In: {@code conf/processors.xml} and a mail. Out: for each recipient a {@link org.posthorn.server.chain.Fate} and
 * the rule that decided it. It knows nothing of when it is run: {@code policy} and {@code pipeline} make SMTP replies
 * and settlements of it. James Mailet API 3.9.0. Read {@link org.posthorn.server.chain.Chain} and
 * {@link org.posthorn.server.chain.ChainCompiler} first.
 */
package org.posthorn.server.chain;
