package org.posthorn.protocols.smtp;

import java.util.ArrayList;
import java.util.List;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.protocols.net.MemoryWire;
import org.posthorn.protocols.sasl.Mechanisms;

/** One session over a wire in memory, for dialogues in tests. */
public final class Talk {

    private final RecordingSink sink = new RecordingSink();
    private final ScriptedPolicy policy = new ScriptedPolicy();
    private final List<SessionEvent> events = new ArrayList<>();
    private SessionSettings settings = SessionSettings.smtp("mx.example.org");
    private Mechanisms mechanisms = Mechanisms.none();
    private QueueFlush flush = QueueFlush.none();
    private boolean secured;

    public Talk settings(SessionSettings other) {
        settings = other;
        return this;
    }

    public Talk mechanisms(Mechanisms offered) {
        mechanisms = offered;
        return this;
    }

    public Talk flush(QueueFlush other) {
        flush = other;
        return this;
    }

    /** TLS is up from the start. */
    public Talk secured() {
        secured = true;
        return this;
    }

    public RecordingSink sink() {
        return sink;
    }

    public ScriptedPolicy policy() {
        return policy;
    }

    public List<SessionEvent> events() {
        return events;
    }

    /** Why the session ended. */
    public SessionEvent.Reason reason() {
        return ((SessionEvent.Closed) events.getLast()).reason();
    }

    /** The client waits after each line; what the server said is returned. */
    public String lines(String lines) {
        return over(MemoryWire.ofLines(lines));
    }

    /** The client sends all at once, these octets. */
    public String octets(String octets) {
        return over(MemoryWire.ofOctets(octets));
    }

    public String over(MemoryWire wire) {
        new SmtpSession("c1", secured ? wire.secured() : wire, settings,
            new SessionPorts(policy, sink, mechanisms, flush, (_, event) -> events.add(event))).run();
        return wire.sent();
    }
}
