package org.posthorn.protocols.etrn;

/** For whom a queue is to be started: what stands behind ETRN (RFC 1985 sections 5.1 and 5.3). */
public sealed interface EtrnNode {

    /** The name, without the option character. */
    String name();

    /**
     * Whether mail for this domain is meant. A queue's domains are its owner's to know.
     *
     * @param domain in lower case, as A-labels
     */
    boolean covers(String domain);

    /**
     * {@code ETRN branch.example}: this domain and no other.
     *
     * @param name in lower case, as A-labels
     */
    record Exact(String name) implements EtrnNode {
        @Override public boolean covers(String domain) {
            return domain.equals(name);
        }

        @Override public String toString() {
            return name;
        }
    }

    /**
     * {@code ETRN @branch.example}: this domain and all below it.
     *
     * @param name in lower case, as A-labels
     */
    record Subtree(String name) implements EtrnNode {
        @Override public boolean covers(String domain) {
            return domain.equals(name) || domain.endsWith("." + name);
        }

        @Override public String toString() {
            return "@" + name;
        }
    }

    /**
     * {@code ETRN #night}: a queue that the server has a name for.
     *
     * @param name in lower case
     */
    record Queue(String name) implements EtrnNode {
        @Override public boolean covers(String domain) {
            return false;
        }

        @Override public String toString() {
            return "#" + name;
        }
    }
}
