package org.posthorn.protocols.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.posthorn.protocols.wire.Reply;

/** Keeps what it is given in memory, and breaks where it is told to. */
public final class RecordingSink implements Sink {

    /** What was finished. */
    public record Kept(Peer peer, Envelope envelope, String text) {
    }

    /** Where it breaks. */
    public enum Fault { NONE, MAIL, MAIL_BREAKS, OPEN, OPEN_BREAKS, WRITE, WRITE_BREAKS, FINISH, FINISH_BREAKS }

    private final List<Kept> kept = new ArrayList<>();
    private Fault fault = Fault.NONE;
    private int open;
    private Function<Envelope, List<Reply>> answer = _ -> List.of(Reply.of(250, "2.0.0", "kept"));

    public List<Kept> kept() {
        return kept;
    }

    /** Messages begun and neither finished nor closed. */
    public int open() {
        return open;
    }

    public void breakAt(Fault where) {
        fault = where;
    }

    public void answerWith(Function<Envelope, List<Reply>> replies) {
        answer = replies;
    }

    @Override public Optional<Reply> mail(Peer peer, Envelope envelope) {
        if (fault == Fault.MAIL_BREAKS) {
            throw new IllegalStateException("broken");
        }
        return fault == Fault.MAIL ? Optional.of(Reply.of(452, "4.3.1", "No room")) : Optional.empty();
    }

    @Override public Incoming open(Peer peer, Envelope envelope) throws SinkException {
        check(Fault.OPEN, Fault.OPEN_BREAKS);
        open++;
        return new Message(peer, envelope);
    }

    private void check(Fault refusing, Fault breaking) throws SinkException {
        if (fault == refusing) {
            throw new SinkException(Reply.of(452, "4.3.1", "No room"), "disk full", new IOException("disk full"));
        }
        if (fault == breaking) {
            throw new IllegalStateException("broken");
        }
    }

    private final class Message implements Incoming {

        private final Peer peer;
        private final Envelope envelope;
        private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
        private boolean over;

        private Message(Peer peer, Envelope envelope) {
            this.peer = peer;
            this.envelope = envelope;
        }

        @Override public OutputStream body() {
            return new OutputStream() {
                @Override public void write(int octet) throws IOException {
                    check(Fault.WRITE, Fault.WRITE_BREAKS);
                    octets.write(octet);
                }
            };
        }

        @Override public List<Reply> finish() throws SinkException {
            check(Fault.FINISH, Fault.FINISH_BREAKS);
            kept.add(new Kept(peer, envelope, octets.toString(StandardCharsets.ISO_8859_1)));
            return answer.apply(envelope);
        }

        @Override public void close() {
            if (!over) {
                over = true;
                open--;
            }
        }
    }
}
