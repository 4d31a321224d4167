package org.posthorn.protocols.client;

import java.time.Duration;

/**
 * How long the client waits, from the moment it waits (RFC 5321 section 4.5.3.2).
 *
 * @param greeting for the 220
 * @param command for the reply to EHLO, HELO, LHLO, STARTTLS with its handshake, RSET and QUIT
 * @param mail for the reply to MAIL
 * @param rcpt for the reply to RCPT
 * @param data for the reply to DATA
 * @param block for the far side to take one block of text
 * @param dot for the reply to the end of the text
 */
public record ClientDeadlines(Duration greeting, Duration command, Duration mail, Duration rcpt, Duration data,
                              Duration block, Duration dot) {

    /** What RFC 5321 section 4.5.3.2 asks for. */
    public static final ClientDeadlines RFC_5321 = new ClientDeadlines(Duration.ofMinutes(5), Duration.ofMinutes(5),
        Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(2), Duration.ofMinutes(3),
        Duration.ofMinutes(10));

    /** None of them longer than that. */
    public ClientDeadlines atMost(Duration longest) {
        return new ClientDeadlines(shorter(greeting, longest), shorter(command, longest), shorter(mail, longest),
            shorter(rcpt, longest), shorter(data, longest), shorter(block, longest), shorter(dot, longest));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** How long to wait for the reply that this stage names. */
    Duration of(Trouble.Stage stage) {
        return switch (stage) {
            case CONNECT, GREETING -> greeting;
            case EHLO, STARTTLS, AUTH -> command;
            case MAIL -> mail;
            case RCPT -> rcpt;
            case DATA -> data;
            case DOT -> dot;
        };
    }
}
