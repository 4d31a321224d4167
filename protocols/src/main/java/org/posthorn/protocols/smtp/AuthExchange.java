package org.posthorn.protocols.smtp;

import java.io.EOFException;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import org.posthorn.protocols.sasl.Mechanism;
import org.posthorn.protocols.wire.Line;
import org.posthorn.protocols.wire.Reply;

/** The exchange after AUTH: challenges and responses in base64, until one side ends it (RFC 4954 section 4). */
final class AuthExchange {

    private final CommandChannel channel;
    private final int maxLine;

    AuthExchange(CommandChannel channel, int maxLine) {
        this.channel = channel;
        this.maxLine = maxLine;
    }

    /** How it ended. */
    sealed interface Outcome {

        record Authenticated(String user) implements Outcome {
        }

        record Failed(Reply reply, String detail) implements Outcome {
        }
    }

    /** A response: octets, or the end of the exchange. */
    private sealed interface Response {

        @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
        record Octets(byte[] octets) implements Response {
        }

        record Failed(Reply reply, String detail) implements Response {
        }
    }

    /**
     * Runs it.
     *
     * @param initial the initial response as it stood in the line
     */
    Outcome run(Mechanism mechanism, Optional<String> initial) throws IOException {
        var response = first(mechanism, initial);
        while (true) {
            switch (response) {
                case Response.Failed(var reply, var detail) -> {
                    return new Outcome.Failed(reply, detail);
                }
                case Response.Octets(var octets) -> {
                    switch (mechanism.step(octets)) {
                        case Mechanism.Step.Success(var user) -> {
                            return new Outcome.Authenticated(user);
                        }
                        case Mechanism.Step.Failure(var reply, var detail) -> {
                            return new Outcome.Failed(reply, detail);
                        }
                        case Mechanism.Step.Challenge(var challenge) -> response = ask(challenge);
                    }
                }
            }
        }
    }

    private Response first(Mechanism mechanism, Optional<String> initial) throws IOException {
        if (initial.isPresent()) {
            // A single equals sign is an empty initial response, which a line could not hold.
            return initial.get().equals("=") ? new Response.Octets(new byte[0]) : decoded(initial.get());
        }
        return mechanism.clientFirst() ? ask(new byte[0]) : new Response.Octets(new byte[0]);
    }

    private Response ask(byte[] challenge) throws IOException {
        channel.say(Reply.plain(334, Base64.getEncoder().encodeToString(challenge)));
        return switch (channel.read(maxLine)) {
            case Line.TooLong() -> new Response.Failed(Reply.of(500, "5.5.6", "Line too long"), "line too long");
            case Line.Malformed(var stray) -> new Response.Failed(Replies.NOT_BASE64, stray + " in the response");
            case Line.End() -> throw new EOFException("the connection ended inside an AUTH exchange");
            case Line.Text text when text.latin1().equals("*") ->
                new Response.Failed(Replies.AUTH_CANCELLED, "cancelled by the client");
            case Line.Text text -> decoded(text.latin1());
        };
    }

    private static Response decoded(String text) {
        try {
            return new Response.Octets(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return new Response.Failed(Replies.NOT_BASE64, "not base64");
        }
    }
}
