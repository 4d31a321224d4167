package org.posthorn.server.admin;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.protocols.atrn.AtrnCommand;
import org.posthorn.server.fetch.Errand;
import org.posthorn.server.fetch.Errands;
import org.posthorn.server.fetch.Report;
import org.posthorn.server.fetch.Security;

/** {@code POST /api/fetch}: asks a server for our mail by ATRN, and answers when it is here. Thread-safe. */
public final class FetchApi {

    private static final int NO_MAIL = 453;
    private static final List<String> PATH = List.of("fetch");

    private final Errands errands;

    /** Makes it. */
    @Inject public FetchApi(Errands errands) {
        this.errands = errands;
    }

    Answer answer(Request request) {
        if (!request.segments().equals(PATH) || !request.method().equals("POST")) {
            throw new RequestException(404, "there is no " + request + "; there is POST /api/fetch");
        }
        request.allow("server", "domains", "user", "password", "tls", "any-certificate");
        var server = server(request.required("server"));
        var errand = new Errand(server, Errand.Way.ATRN, domains(request.optional("domains").orElse("")),
            new Errand.Line(security(request.optional("tls").orElse("starttls")),
                request.optional("any-certificate").map("true"::equals).orElse(false)),
            Optional.of(new Errand.Login(request.required("user"), request.required("password"))));
        return switch (errands.run(errand)) {
            case Report.Failed(var why) -> Answer.problem(502, why);
            case Report.Answered(var reply, var messages) when reply.isPositive() || reply.code() == NO_MAIL ->
                Answer.done(reply.isPositive() ? messages + (messages == 1 ? " message" : " messages")
                    + " came in from " + server : reply.toString(),
                    Answer.object().put("reply", reply.toString()).put("messages", messages));
            case Report.Answered(var reply, _) -> Answer.problem(502, server + " answered " + reply);
        };
    }

    private static HostPort server(String text) {
        try {
            return HostPort.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RequestException(400, "server: " + e.getMessage());
        }
    }

    private static List<String> domains(String text) {
        return switch (AtrnCommand.parse(text)) {
            case AtrnCommand.Turn(var domains) -> domains;
            case AtrnCommand.Faulty _ ->
                throw new RequestException(400, "domains: expected domains with a comma between them");
        };
    }

    private static Security security(String text) {
        return switch (text) {
            case "starttls" -> Security.STARTTLS;
            case "implicit" -> Security.IMPLICIT;
            default -> throw new RequestException(400, "tls: expected starttls or implicit: the password is not sent in"
                + " the clear, found '" + text.toLowerCase(Locale.ROOT) + "'");
        };
    }
}
