package org.posthorn.server.srs;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.posthorn.protocols.address.AddressParser;
import org.posthorn.protocols.address.AddressResult;
import org.posthorn.protocols.address.Mailbox;

/**
 * Local parts of rewritten senders, and back.
 *
 * <p>{@code SRS0=HHHH=TT=example.net=zoe}: the hash of what follows it, the day as two digits in base 32, the sender's
 * domain and local part. {@code SRS1=HHHH=first.example==HHHH=TT=example.net=zoe} stands for such an address of another
 * forwarder: mail that returns goes to that one, however many there were in between. Hashes are the first characters of
 * HMAC-SHA-1 in base 64, over lower case and with the {@code =} between the parts (other programs leave it out), and
 * compared without regard to case: some hosts fold local parts.
 *
 * @param hashLength characters of a hash, as we make them and at least want them, 4 to 27
 * @param maxAge days for which an address leads back, 1 to 1000
 */
record SrsFormat(int hashLength, int maxAge) {

    private static final int DAYS = 1024;                  // after so many days a timestamp comes again
    private static final int LONGEST_LOCAL_PART = 64;      // octets, RFC 5321 section 4.5.3.1.1
    private static final int LONGEST_PATH = 254;           // octets, section 4.5.3.1.3 without the angle brackets
    private static final String BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final Pattern SRS0 = Pattern.compile("(?i)SRS0[-+=]([^=]*)=([^=]*)=([^=]*)=(.+)", Pattern.DOTALL);
    private static final Pattern SRS1 = Pattern.compile("(?i)SRS1[-+=]([^=]*)=([^=]*)=([-+=].+)", Pattern.DOTALL);
    private static final Pattern TAG_0 = Pattern.compile("(?i)SRS0(?=[-+=])");

    /**
     * The sender's mail under an address of that domain.
     *
     * @param day days since 1970
     * @return empty when it would be too long, or the sender's domain, a literal, holds a {@code =}
     */
    Optional<Mailbox> forward(Mailbox sender, String domain, byte[] secret, long day) {
        if (sender.domain().contains("=")) {
            return Optional.empty();
        }
        var local = forward(sender, secret, day);
        var octets = local.getBytes(StandardCharsets.UTF_8).length;
        var path = new Mailbox(local, domain);
        return octets > LONGEST_LOCAL_PART
            || path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH ? Optional.empty()
            : Optional.of(path);
    }

    private String forward(Mailbox sender, byte[] secret, long day) {
        var local = sender.localPart();
        var again = SRS1.matcher(local);
        if (again.matches()) {
            return second(again.group(2), again.group(3), secret);
        }
        if (SRS0.matcher(local).matches()) {
            return second(sender.domain(), TAG_0.matcher(local).replaceFirst(""), secret);
        }
        var stamp = stamp(day);
        return "SRS0=" + hash(secret, stamp, sender.domain(), local) + "=" + stamp + "=" + sender.domain() + "="
            + local;
    }

    private String second(String host, String rest, byte[] secret) {
        return "SRS1=" + hash(secret, host, rest) + "=" + host + "=" + rest;
    }

    /** Reads a local part; the hash must be of one of the secrets. */
    Srs.Reading read(String local, Supplier<List<byte[]>> secrets, long day) {
        var first = SRS0.matcher(local);
        if (first.matches()) {
            var fits = fits(first.group(1), secrets, first.group(2), first.group(3), first.group(4));
            return fits ? original(first.group(2), first.group(4), first.group(3), day) : new Srs.Reading.Forged();
        }
        var second = SRS1.matcher(local);
        if (second.matches()) {
            var fits = fits(second.group(1), secrets, second.group(2), second.group(3));
            return fits ? mailbox("SRS0" + second.group(3), second.group(2)) : new Srs.Reading.Forged();
        }
        return new Srs.Reading.Other();
    }

    private Srs.Reading original(String stamp, String local, String domain, long day) {
        var made = day(stamp);
        if (made.isEmpty()) {
            return new Srs.Reading.Forged();
        }
        var age = Math.floorMod(day - made.get(), DAYS);
        return age > maxAge ? new Srs.Reading.Expired() : mailbox(local, domain);
    }

    /** We made it, so it is an address; but a secret may be shared with a program that is less careful. */
    private static Srs.Reading mailbox(String local, String domain) {
        if (domain.isEmpty()) {
            return new Srs.Reading.Forged();
        }
        return AddressParser.smtpUtf8().mailbox(new Mailbox(local, domain.toLowerCase(Locale.ROOT)).toString())
            instanceof AddressResult.Good<Mailbox>(var mailbox, _) ? new Srs.Reading.Valid(mailbox)
            : new Srs.Reading.Forged();
    }

    private boolean fits(String written, Supplier<List<byte[]>> secrets, String... parts) {
        if (written.length() < hashLength) {
            return false;
        }
        var fits = false;
        for (var secret : secrets.get()) {   // all of them: the time tells nothing
            var wanted = full(secret, parts);
            fits |= written.length() <= wanted.length() && MessageDigest.isEqual(
                wanted.substring(0, Math.min(written.length(), wanted.length())).toLowerCase(Locale.ROOT)
                    .getBytes(StandardCharsets.UTF_8),
                written.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        }
        return fits;
    }

    private String hash(byte[] secret, String... parts) {
        return full(secret, parts).substring(0, hashLength);
    }

    /** Over the borders too: else what is signed as far2.test=z would be good for far2.tes=tz. */
    private static String full(byte[] secret, String... parts) {
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            mac.update(String.join("=", parts).toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().withoutPadding().encodeToString(mac.doFinal());
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("this Java has no HMAC-SHA-1", e);
        }
    }

    private static String stamp(long day) {
        var slot = Math.floorMod(day, DAYS);
        return "" + BASE_32.charAt(slot >> 5) + BASE_32.charAt(slot & 31);
    }

    private static Optional<Integer> day(String stamp) {
        var upper = stamp.toUpperCase(Locale.ROOT);
        if (upper.length() != 2 || BASE_32.indexOf(upper.charAt(0)) < 0 || BASE_32.indexOf(upper.charAt(1)) < 0) {
            return Optional.empty();
        }
        return Optional.of(BASE_32.indexOf(upper.charAt(0)) << 5 | BASE_32.indexOf(upper.charAt(1)));
    }
}
