package org.posthorn.server.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The messages of one run: alike, but for the number that each carries in its header. */
final class Numbered {

    /** The header field, with the run and the number. */
    static final String FIELD = "X-Bench-Id: ";

    private static final String LINE = "0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ ....\r\n";

    private final String run;
    private final String recipient;
    private final byte[] body;

    /**
     * Makes the body, which all share.
     *
     * @param size of the body, in octets; up to a line more are sent
     */
    Numbered(String run, String recipient, int size) {
        this.run = run;
        this.recipient = recipient;
        this.body = (LINE.repeat(Math.ceilDiv(size, LINE.length())) + ".\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Says the message, its dot included. */
    void say(PlainClient client, int number) throws IOException {
        client.put(("From: <" + Load.SENDER + ">\r\nTo: <" + recipient + ">\r\nSubject: One of many\r\n" + FIELD + run
            + "-" + number + "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
        client.say(body);
    }
}
