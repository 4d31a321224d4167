package org.posthorn.server.delivery.remote;

import java.util.ArrayList;
import java.util.Locale;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.delivery.Outcome;

/**
 * A next hop and how its hosts are spoken to.
 *
 * @param isOurChoice whether our configuration names it. Then it is our mistake if it does not exist, takes no mail or
 *     leads back to us, and not the recipient's
 */
public record Relay(NextHop hop, Access access, boolean isOurChoice) {

    /**
     * Where it is now. Of a service that is to hear a password only hosts of its own domain count: whoever can forge
     * the DNS's answer has a good certificate for another name (RFC 6186 section 6).
     */
    MxWalk.Way way(MxWalk walk) {
        var way = walk.to(hop);
        if (!(hop instanceof NextHop.Service service) || access.login().isEmpty()
                || !(way instanceof MxWalk.Way.Go(var targets))) {
            return way;
        }
        var own = targets.stream().filter(target -> service.holds(target.host())).toList();
        return own.isEmpty() ? new MxWalk.Way.Stop(new Outcome.Deferred(Reply.of(451, "4.3.5", "No host of the service "
            + hop + " lies in its own domain, and no other may hear the password"), "", Outcome.Scope.DESTINATION))
            : new MxWalk.Way.Go(own);
    }

    /**
     * A queue of its own for each login, and for each other way of TLS than the usual one of a host that we chose: one
     * that is refused holds up nobody else.
     */
    @Override public String toString() {
        var name = access.login().map(login -> hop + " as " + login.user()).orElseGet(hop::toString);
        if (!isOurChoice || hop instanceof NextHop.Store) {
            return name;
        }
        var tls = new ArrayList<String>();
        if (access.security() != usual()) {
            tls.add("tls " + access.security().name().toLowerCase(Locale.ROOT));
        }
        if (access.anyCertificate()) {
            tls.add("any certificate");
        }
        return tls.isEmpty() ? name : name + " (" + String.join(", ", tls) + ")";
    }

    private Security usual() {
        return RouteReader.isSubmissions(hop.toString()) ? Security.IMPLICIT
            : access.login().isPresent() ? Security.REQUIRED : Security.OPPORTUNISTIC;
    }
}
