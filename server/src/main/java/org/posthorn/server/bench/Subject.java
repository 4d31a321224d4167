package org.posthorn.server.bench;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** The server that is measured. */
public interface Subject {

    /** Where it takes mail by SMTP. */
    InetSocketAddress door();

    /** To whom a run's messages go. */
    String recipient(Workload workload, String run);

    /** Where they come out, if that can be seen. Told before the first is sent. */
    Optional<Exit> exit(Workload workload, String run, Tally tally);

    /** The processor time that its process took since its start, if it is known. */
    Optional<Duration> cpu();
}
