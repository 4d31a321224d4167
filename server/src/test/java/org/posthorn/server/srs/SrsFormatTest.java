package org.posthorn.server.srs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.srs.Srs.Reading;

/** The hashes of the table were computed by another program. */
class SrsFormatTest {

    private static final byte[] SECRET = "a secret for tests".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHER = "another secret, newer".getBytes(StandardCharsets.UTF_8);
    private static final long DAY = 20_000;
    private static final Mailbox ZOE = new Mailbox("zoe", "far.example");

    private final SrsFormat format = new SrsFormat(6, 21);

    private String forward(Mailbox sender, long day) {
        return format.forward(sender, "example.org", SECRET, day).orElseThrow().localPart();
    }

    private Reading read(String local, long day) {
        return format.read(local, () -> List.of(SECRET), day);
    }

    @ParameterizedTest @CsvSource({
        "20000, 4, zoe, far.example, SRS0=UvbR=RA=far.example=zoe",
        "20000, 6, Zoe.Smith, far.example, SRS0=c/DlDm=RA=far.example=Zoe.Smith",
        "20000, 6, a=b=c, far.example, SRS0=JNeAu5=RA=far.example=a=b=c",
        "1023, 6, zoe, far.example, SRS0=92YOXC=77=far.example=zoe",
        "1024, 6, zoe, far.example, SRS0=Nm7GJu=AA=far.example=zoe",
        "20000, 6, SRS0=abcd=AB=s.example=amy, f.example, SRS1=mtyDn7=f.example==abcd=AB=s.example=amy",
        "20000, 6, srs0+abcd=AB=s.example=amy, f.example, SRS1=HG6ZVM=f.example=+abcd=AB=s.example=amy",
        "20000, 6, SRS1=wxyz=f.example==abcd=AB=s.example=amy, g.example, "
            + "SRS1=mtyDn7=f.example==abcd=AB=s.example=amy"})
    void sendersAreWrittenAsTheSchemeSays(long day, int length, String local, String domain, String expected) {
        assertThat(new SrsFormat(length, 21).forward(new Mailbox(local, domain), "example.org", SECRET, day))
            .contains(new Mailbox(expected, "example.org"));
    }

    @ParameterizedTest @ValueSource(strings = {"zoe@far.example", "a.b+c=d@far.example", "zoe smith@far.example",
        "j\u00f6rg@far.example", "\"@far.example", "=@far.example", "zoe@[192.0.2.1]", "SRS0@far.example",
        "srs0=x@far.example", "Z@xn--bcher-kva.example", "-@a.example", "SRS1@far.example", "a\\b@far.example"})
    void whatWasForwardedComesBack(String written) {
        var at = written.lastIndexOf('@');
        var sender = new Mailbox(written.substring(0, at), written.substring(at + 1));
        assertThat(read(forward(sender, DAY), DAY)).isEqualTo(new Reading.Valid(sender));
    }

    @Test void anySenderThatFitsComesBack() {
        var random = new Random(7);
        for (var i = 0; i < 3000; i++) {
            var local = new StringBuilder();
            for (var length = 1 + random.nextInt(20); length > 0; length--) {
                local.append((char) (' ' + random.nextInt(95)));
            }
            var sender = new Mailbox(local.toString(), "d" + random.nextInt(100) + ".example");
            var day = random.nextInt(100_000);
            var path = format.forward(sender, "example.org", SECRET, day).orElseThrow();
            assertThat(read(path.localPart(), day + random.nextInt(22))).as("%s", path)
                .isEqualTo(new Reading.Valid(sender));
        }
    }

    @Test void anotherForwardersAddressLeadsBackToThatOne() {
        var first = new Mailbox("SRS0=abcd=AB=s.example=amy", "f.example");
        assertThat(read(forward(first, DAY), DAY)).isEqualTo(new Reading.Valid(first));
        var third = new Mailbox("SRS1=wxyz=f.example==abcd=AB=s.example=amy", "g.example");
        assertThat(read(forward(third, DAY), DAY)).as("past the one in between").isEqualTo(new Reading.Valid(first));
    }

    @Test void aHostThatFoldsCaseDoesNoHarm() {
        var local = forward(ZOE, DAY);
        assertThat(read(local.toLowerCase(Locale.ROOT), DAY)).isEqualTo(new Reading.Valid(ZOE));
        assertThat(read(local.toUpperCase(Locale.ROOT), DAY))
            .isEqualTo(new Reading.Valid(new Mailbox("ZOE", "far.example")));
    }

    /** No octet of the hash, the day, the domain or the name may be another one. */
    @Test void everyChangedOctetIsForged() {
        for (var sender : List.of(ZOE, new Mailbox("SRS0=abcd=AB=s.example=amy", "f.example"))) {
            var local = forward(sender, DAY);
            for (var i = 5; i < local.length(); i++) {
                var changed = local.charAt(i) == 'x' || local.charAt(i) == 'X' ? 'y' : 'x';
                var forged = local.substring(0, i) + changed + local.substring(i + 1);
                assertThat(read(forged, DAY)).as(forged).isInstanceOfAny(Reading.Forged.class, Reading.Other.class);
            }
            assertThat(read(local.substring(0, 5) + local.substring(6), DAY)).as("a shorter hash")
                .isEqualTo(new Reading.Forged());
            assertThat(read(local + "x", DAY)).isEqualTo(new Reading.Forged());
        }
    }

    /** One signed address must not be good for another domain or name. */
    @ParameterizedTest @ValueSource(strings = {"z@far2.test", "a=b=c@far.example", "=@far.example", "zoe@[192.0.2.1]",
        "SRS0=abcd=AB=s.example=amy@f.example", "srs0-abcd=AB=s.example=amy@f.example"})
    void noCharacterCrossesABorder(String written) {
        var at = written.lastIndexOf('@');
        var local = forward(new Mailbox(written.substring(0, at), written.substring(at + 1)), DAY);
        for (var border = local.indexOf('=', 5); border > 0; border = local.indexOf('=', border + 1)) {
            var joined = local.substring(0, border) + local.substring(border + 1);
            for (var elsewhere = 5; elsewhere <= joined.length(); elsewhere++) {
                var moved = joined.substring(0, elsewhere) + "=" + joined.substring(elsewhere);
                if (!moved.equals(local)) {
                    assertThat(read(moved, DAY)).as(moved).isInstanceOfAny(Reading.Forged.class, Reading.Other.class);
                }
            }
        }
    }

    @Test void aDomainWithABorderInItIsNotRewritten() {
        assertThat(format.forward(new Mailbox("zoe", "[x:a=b]"), "example.org", SECRET, DAY)).isEmpty();
    }

    @Test void aShorterHashIsNotEnough() {
        var four = new SrsFormat(4, 21).forward(ZOE, "example.org", SECRET, DAY).orElseThrow().localPart();
        assertThat(read(four, DAY)).isEqualTo(new Reading.Forged());
        assertThat(new SrsFormat(4, 21).read(forward(ZOE, DAY), () -> List.of(SECRET), DAY))
            .isEqualTo(new Reading.Valid(ZOE));
    }

    @ParameterizedTest @CsvSource({"20000, 0", "20000, 21", "1023, 21", "1015, 10"})
    void anAddressIsGoodForItsTime(long made, int age) {
        assertThat(read(forward(ZOE, made), made + age)).isEqualTo(new Reading.Valid(ZOE));
    }

    @ParameterizedTest @CsvSource({"20000, 22", "20000, 1000", "20000, -1", "1010, 22"})
    void thenItIsExpired(long made, int age) {
        assertThat(read(forward(ZOE, made), made + age)).isEqualTo(new Reading.Expired());
    }

    @Test void allSecretsAreGoodForWhatComesBack() {
        assertThat(format.read(forward(ZOE, DAY), () -> List.of(OTHER, SECRET), DAY))
            .isEqualTo(new Reading.Valid(ZOE));
        assertThat(format.read(forward(ZOE, DAY), () -> List.of(OTHER), DAY)).isEqualTo(new Reading.Forged());
    }

    @Test void whatWouldBeTooLongIsNotMade() {
        // SRS0=HHHHHH=TT=far.example= and the name: 64 octets at most
        assertThat(format.forward(new Mailbox("z".repeat(37), "far.example"), "example.org", SECRET, DAY)).isPresent();
        assertThat(format.forward(new Mailbox("z".repeat(38), "far.example"), "example.org", SECRET, DAY)).isEmpty();
        assertThat(format.forward(new Mailbox("\u00f6".repeat(19), "far.example"), "example.org", SECRET, DAY))
            .isEmpty();
        var longest = "d".repeat(63) + "." + "d".repeat(63) + "." + "d".repeat(62);
        assertThat(format.forward(new Mailbox("z".repeat(36), "far.example"), longest, SECRET, DAY)).isPresent();
        assertThat(format.forward(new Mailbox("z".repeat(37), "far.example"), longest, SECRET, DAY)).isEmpty();
    }

    @ParameterizedTest @ValueSource(strings = {"zoe", "SRS0", "SRS0=", "SRS0=a=b=c", "SRS1=a=b", "SRS1=a=b=c",
        "srs0-fan", "SRS2=a=b=c=d", "SRS0_a=b=c=d", "SRS1=a=b=="})
    void whatIsNotOfTheFormIsSomethingElse(String local) {
        assertThat(format.read(local, () -> {
            throw new AssertionError("no secret is needed for this");
        }, DAY)).isEqualTo(new Reading.Other());
    }

    @ParameterizedTest @ValueSource(strings = {"SRS0====x", "SRS0=aaaaaa=AA=far.example=zoe", "SRS0-aaaaaa=AA==zoe",
        "SRS1=aaaaaa=f.example==x", "SRS0=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=AA=far.example=zoe",
        "SRS0=\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4=AA=far.example=zoe"})
    void whatWeDidNotMakeIsForged(String local) {
        assertThat(read(local, DAY)).isEqualTo(new Reading.Forged());
    }

    @Test void nothingBreaksIt() {
        var random = new Random(11);
        var pieces = List.of("SRS0", "SRS1", "=", "+", "-", "AA", "zz", "far.example", "zoe", "\u00f6", "\"", " ",
            forward(ZOE, DAY), "UvbRxy");
        for (var i = 0; i < 20_000; i++) {
            var local = new StringBuilder();
            for (var length = random.nextInt(12); length > 0; length--) {
                local.append(pieces.get(random.nextInt(pieces.size())));
            }
            if (read(local.toString(), DAY) instanceof Reading.Valid) {
                assertThat(local.toString()).isEqualToIgnoringCase(forward(ZOE, DAY));
            }
        }
    }
}
