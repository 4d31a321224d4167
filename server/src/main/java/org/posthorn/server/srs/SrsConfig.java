package org.posthorn.server.srs;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.posthorn.protocols.address.AddressResult;
import org.posthorn.protocols.address.DomainName;
import org.posthorn.server.config.Section;

/**
 * What conf/srs.xml says: how senders of forwarded mail are rewritten.
 *
 * @param domain of the addresses we make, A-labels in lower case; the server's name by default
 * @param maxAge for how long mail to them is taken, whole days, 21 by default, at most 1000
 * @param hashLength characters of their hash, 4 to 27, 6 by default: a guess is right once in some 3,000,000,000
 * @param secrets the file with the secrets, one a line: the first one signs, all are good for what comes back
 */
public record SrsConfig(String domain, Duration maxAge, int hashLength, Path secrets) {

    private static final Duration DEFAULT_AGE = Duration.ofDays(21);   // longer than any queue keeps a report
    private static final Duration LONGEST_AGE = Duration.ofDays(1000);
    private static final int DEFAULT_LENGTH = 6;

    /** What holds without a file. */
    public static SrsConfig of(String hostname, Path home) {
        return new SrsConfig(hostname, DEFAULT_AGE, DEFAULT_LENGTH, home.resolve("data").resolve("srs.secrets"));
    }

    /**
     * Reads {@code <srs>}.
     *
     * @param hostname the server's name
     * @param home where relative file names begin
     */
    public static SrsConfig read(Section srs, String hostname, Path home) {
        var standard = of(hostname, home);
        var domain = srs.value("domain", "", SrsConfig::domain);
        var age = srs.value("max-age", standard.maxAge(), SrsConfig::age);
        var length = srs.integer("hash-length", standard.hashLength(), 4, 27);
        var secrets = srs.value("secrets", standard.secrets(), written -> home.resolve(written).normalize());
        tryOut(secrets, srs);
        return new SrsConfig(domain.isEmpty() ? standard.domain() : domain, age, length, secrets);
    }

    /** The file is made at the first start; one that is there must be good, as the server would not start. */
    private static void tryOut(Path secrets, Section srs) {
        if (!Files.exists(secrets)) {
            return;
        }
        try {
            SrsSecrets.read(secrets);
        } catch (FileSystemException | CharacterCodingException e) {   // their messages are a path, or a number, alone
            srs.childOrEmpty("secrets").problem("secrets: " + secrets + " cannot be read (" + e + ")");
        } catch (IOException e) {
            srs.childOrEmpty("secrets").problem("secrets: " + e.getMessage());
        }
    }

    private static String domain(String written) {
        if (written.isEmpty()) {
            return "";
        }
        return switch (DomainName.parse(written, true)) {
            case AddressResult.Good<String>(var domain, _) -> domain;
            case AddressResult.Bad<String>(_, var why) ->
                throw new IllegalArgumentException("expected a domain such as example.org, " + why);
        };
    }

    private static Duration age(String written) {
        if (!written.matches("[0-9]{1,4} ?d")) {
            throw new IllegalArgumentException("expected whole days, such as '21 d'");
        }
        var age = Duration.ofDays(Long.parseLong(written.replaceAll("[^0-9]", "")));
        if (age.isZero() || age.compareTo(LONGEST_AGE) > 0) {
            throw new IllegalArgumentException("expected 1 to 1000 days");
        }
        return age;
    }

    SrsFormat format() {
        return new SrsFormat(hashLength, (int) maxAge.toDays());
    }
}
