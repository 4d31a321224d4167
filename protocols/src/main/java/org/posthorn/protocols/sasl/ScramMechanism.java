package org.posthorn.protocols.sasl;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.posthorn.protocols.sasl.Authenticator.Lookup;

/**
 * SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677). The password never passes; a proof of it does.
 *
 * <p>The server's signature goes out as a last challenge, which the client answers with nothing (RFC 4954 section 4:
 * SMTP has no place for it in the 235).
 */
final class ScramMechanism implements Mechanism {

    private static final Pattern FIRST = Pattern.compile(
        "(?<gs2>(?:n|y),(?:a=(?<authzid>[^,\0]+))?,)(?<bare>n=(?<user>[^,\0]+),r=(?<nonce>[!-+--~]+)(?:,.*)?)");
    private static final Pattern FINAL = Pattern.compile(
        "(?<withoutProof>c=(?<binding>[^,\0]+),r=(?<nonce>[^,\0]+)(?:,[^\0]*)?),p=(?<proof>[A-Za-z0-9+/=]+)");

    private final Authenticator authenticator;
    private final Supplier<String> nonces;
    private State state = new State.Begin();

    private sealed interface State {
        record Begin() implements State {
        }

        /** Our challenge is out. */
        record Challenged(String gs2, String clientFirstBare, String nonce, String serverFirst,
                          Lookup.Verifier verifier) implements State {
        }

        /** The proof fits; only the client's empty answer is missing. */
        record Proven(String user) implements State {
        }

        record Over() implements State {
        }
    }

    /**
     * Begins an exchange.
     *
     * @param nonces our half of the nonce: printable, without comma, never the same again
     */
    ScramMechanism(Authenticator authenticator, Supplier<String> nonces) {
        this.authenticator = authenticator;
        this.nonces = nonces;
    }

    @Override public boolean clientFirst() {
        return true;
    }

    @Override public Step step(byte[] response) {
        var now = state;
        state = new State.Over();
        return switch (now) {
            case State.Begin() -> first(response);
            case State.Challenged challenged -> proof(challenged, response);
            case State.Proven(var user) when response.length == 0 -> new Step.Success(user);
            case State.Proven _ -> Refusals.malformed("SCRAM: expected nothing after the server's signature");
            case State.Over() -> Refusals.malformed("SCRAM: the exchange is over");
        };
    }

    private Step first(byte[] response) {
        var text = Utf8.decode(response).orElse("");
        if (text.startsWith("p=")) {
            return Refusals.malformed("SCRAM: channel binding is not offered");
        }
        var message = FIRST.matcher(text);
        if (!message.matches()) {
            return Refusals.malformed("SCRAM: malformed client-first-message");
        }
        var user = unescaped(message.group("user"));
        var authzid = Optional.ofNullable(message.group("authzid")).flatMap(ScramMechanism::unescaped);
        if (user.isEmpty()) {
            return Refusals.malformed("SCRAM: malformed user name");
        }
        if (message.group("authzid") != null && !authzid.equals(user)) {
            return Refusals.denied("SCRAM: " + user.get() + " asks to act as somebody else");
        }
        return switch (authenticator.scram(user.get())) {
            case Lookup.Unavailable(var why) -> Refusals.unavailable(why);
            case Lookup.Verifier verifier -> {
                var nonce = message.group("nonce") + nonces.get();
                var serverFirst = "r=" + nonce + ",s=" + verifier.salt() + ",i=" + verifier.iterations();
                state = new State.Challenged(message.group("gs2"), message.group("bare"), nonce, serverFirst, verifier);
                yield new Step.Challenge(serverFirst.getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    private Step proof(State.Challenged challenged, byte[] response) {
        var message = FINAL.matcher(Utf8.decode(response).orElse(""));
        if (!message.matches()) {
            return Refusals.malformed("SCRAM: malformed client-final-message");
        }
        var binding = Base64.getEncoder().encodeToString(challenged.gs2().getBytes(StandardCharsets.UTF_8));
        if (!message.group("binding").equals(binding) || !message.group("nonce").equals(challenged.nonce())) {
            return Refusals.denied("SCRAM: the channel binding or the nonce is not the one of this exchange");
        }
        var verifier = challenged.verifier();
        var authMessage = (challenged.clientFirstBare() + "," + challenged.serverFirst() + ","
            + message.group("withoutProof")).getBytes(StandardCharsets.UTF_8);
        byte[] proof;
        try {
            proof = Base64.getDecoder().decode(message.group("proof"));
        } catch (IllegalArgumentException e) {
            return Refusals.malformed("SCRAM: the proof is not base64");
        }
        var storedKey = Base64.getDecoder().decode(verifier.storedKey());
        var clientKey = exclusiveOr(proof, hmac(storedKey, authMessage));
        if (!MessageDigest.isEqual(sha256(clientKey), storedKey)) {
            return Refusals.denied("SCRAM: no such user or wrong password: " + verifier.user());
        }
        state = new State.Proven(verifier.user());
        var signature = hmac(Base64.getDecoder().decode(verifier.serverKey()), authMessage);
        return new Step.Challenge(("v=" + Base64.getEncoder().encodeToString(signature))
            .getBytes(StandardCharsets.US_ASCII));
    }

    /** {@code =2C} is a comma, {@code =3D} an equals sign, and no other {@code =} may stand (RFC 5802 section 5.1). */
    private static Optional<String> unescaped(String name) {
        return name.replace("=2C", "").replace("=3D", "").contains("=") ? Optional.empty()
            : Optional.of(name.replace("=2C", ",").replace("=3D", "="));
    }

    private static byte[] exclusiveOr(byte[] proof, byte[] signature) {
        // A proof of another length cannot fit; the digest below then differs.
        var result = Arrays.copyOf(proof, Math.max(proof.length, signature.length));
        for (var i = 0; i < signature.length; i++) {
            result[i] ^= signature[i];
        }
        return result;
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    private static byte[] sha256(byte[] octets) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(octets);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
