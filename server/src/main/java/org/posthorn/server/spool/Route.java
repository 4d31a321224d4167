package org.posthorn.server.spool;

/**
 * How a recipient is to be delivered.
 *
 * @param agent the delivery agent's name, such as {@code local} or {@code remote}
 * @param nextHop what the agent is to reach: a domain, or {@code host:port}; empty where the agent needs none.
 *     Recipients of one agent and next hop share a queue
 */
public record Route(String agent, String nextHop) {
}
