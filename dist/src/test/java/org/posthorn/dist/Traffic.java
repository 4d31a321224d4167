package org.posthorn.dist;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Sessions that send {@link Numbered} messages until the server is gone, and what they were told. */
final class Traffic {

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final Set<Sent> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<Sent> unanswered = ConcurrentHashMap.newKeySet();
    private final Set<Sent> refused = ConcurrentHashMap.newKeySet();

    /** One message for one recipient. */
    record Sent(int number, String user) {
    }

    /** Was told 250. */
    Set<Sent> acknowledged() {
        return acknowledged;
    }

    /** The dot was written, and the end came before the reply was read. */
    Set<Sent> unanswered() {
        return unanswered;
    }

    /** Was told something else. */
    Set<Sent> refused() {
        return refused;
    }

    /** How many recipients were told 250 so far. */
    int answers() {
        return answers.get();
    }

    /** One session with a listener of protocol smtp or lmtp. */
    void sendUntilKilled(int port, String protocol) {
        var lmtp = protocol.equals("lmtp");
        try (var talk = Talk.open(port)) {
            talk.say(lmtp ? "LHLO client.example" : "EHLO client.example");
            while (send(talk, next.incrementAndGet(), lmtp)) {
                answers.incrementAndGet();
            }
        } catch (IOException e) {
            // Killed.
        }
    }

    /** False when the server is gone. */
    private boolean send(Talk talk, int number, boolean lmtp) throws IOException {
        var left = new ArrayDeque<Sent>();
        talk.say("MAIL FROM:<x@client.example>");
        for (var user : Numbered.recipients(number)) {
            var domain = user.equals("far") ? "store.test" : "local.test";
            if (talk.say("RCPT TO:<" + user + "@" + domain + ">").startsWith("250")) {
                left.add(new Sent(number, user));
            }
        }
        if (!talk.say("DATA").startsWith("354")) {
            return false;
        }
        talk.write(Numbered.text(number).replace("\n", "\r\n"));
        talk.write(".\r\n");
        try {
            while (!left.isEmpty()) {
                var reply = talk.reply();
                if (reply.isEmpty()) {
                    return false;
                }
                for (var told = lmtp ? 1 : left.size(); told > 0; told--) {
                    (reply.startsWith("250") ? acknowledged : refused).add(left.remove());
                }
            }
            return true;
        } finally {
            unanswered.addAll(left);
        }
    }
}
