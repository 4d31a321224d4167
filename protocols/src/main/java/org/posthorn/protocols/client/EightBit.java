package org.posthorn.protocols.client;

/** What is done with a text of eight bits for a server without 8BITMIME (RFC 6152 section 3). */
public enum EightBit {

    /** It is converted to seven bits; what cannot be fails with 5.6.3. */
    CONVERT,

    /** It is converted to seven bits; what cannot be goes as it is. */
    CONVERT_OR_SEND,

    /** It fails with 5.6.3. */
    REFUSE,

    /** It goes as it is, against the RFC: most servers take it, some mangle it. */
    AS_IS
}
