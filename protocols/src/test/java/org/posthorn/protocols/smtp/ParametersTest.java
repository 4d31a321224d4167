package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.wire.Limits;
import org.posthorn.protocols.wire.Line;

/** The parameters of MAIL and RCPT, and that the parser survives anything. */
class ParametersTest {

    private static final SessionSettings SETTINGS = SessionSettings.smtp("mx.example.org");

    private final CommandParser parser = new CommandParser(
        Extensions.of(SETTINGS, List.of("PLAIN"), true, false), SETTINGS);

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", textBlock = """
        SIZE=100                        | 100 SEVEN_BIT false UNSPECIFIED
        size=0                          | 0 SEVEN_BIT false UNSPECIFIED
        SIZE=99999999999999999999       | 9223372036854775807 SEVEN_BIT false UNSPECIFIED
        BODY=8BITMIME                   | -1 EIGHT_BIT_MIME false UNSPECIFIED
        body=7bit SMTPUTF8              | -1 SEVEN_BIT true UNSPECIFIED
        BODY=BINARYMIME RET=FULL        | -1 BINARY_MIME false FULL
        RET=hdrs ENVID=QQ+2B314159      | -1 SEVEN_BIT false HDRS QQ+2B314159
        AUTH=<>                         | -1 SEVEN_BIT false UNSPECIFIED
        AUTH=e+3Dmc2@example.com        | -1 SEVEN_BIT false UNSPECIFIED
        """)
    void mailParametersAreRead(String words, String expected) {
        assertThat(mail(words)).isInstanceOfSatisfying(Command.Mail.class, mail -> {
            var p = mail.parameters();
            assertThat((p.size() + " " + p.body() + " " + p.smtpUtf8() + " " + p.ret() + " " + p.envelopeId()).strip())
                .isEqualTo(expected);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", textBlock = """
        SIZE                            | 501
        SIZE=                           | 501
        SIZE=-1                         | 501
        SIZE=1k                         | 501
        SIZE=123456789012345678901      | 501
        SIZE=1 SIZE=1                   | 501
        SIZE=1 size=2                   | 501
        BODY=16BIT                      | 501
        BODY                            | 501
        SMTPUTF8=yes                    | 501
        RET=ALL                         | 501
        RET                             | 501
        ENVID=                          | 501
        ENVID=a+zz                      | 501
        ENVID=a+0a                      | 501
        ENVID=a+0A                      | 501
        AUTH=ann                        | 501
        AUTH=a+3                        | 501
        NOTIFY=NEVER                    | 555
        X-MINE=1                        | 555
        =1                              | 501
        -SIZE=1                         | 501
        SIZE=1=2                        | 501
        """)
    void faultyMailParametersAreRefused(String words, int code) {
        assertThat(mail(words)).isInstanceOfSatisfying(Command.Invalid.class,
            invalid -> assertThat(invalid.reply().code()).isEqualTo(code));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", textBlock = """
        NOTIFY=NEVER                    | NEVER
        NOTIFY=SUCCESS,failure,DELAY    | DELAY FAILURE SUCCESS
        NOTIFY=DELAY ORCPT=rfc822;a+40b | DELAY rfc822;a+40b
        ORCPT=utf-8;a\\x{FC}@b          | utf-8;a\\x{FC}@b
        """)
    void rcptParametersAreRead(String words, String expected) {
        assertThat(rcpt(words)).isInstanceOfSatisfying(Command.Rcpt.class, rcpt -> {
            var wanted = rcpt.recipient().notifyOn().stream().map(Enum::name).sorted().toList();
            assertThat((String.join(" ", wanted) + " " + rcpt.recipient().originalRecipient()).strip())
                .isEqualTo(expected);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", textBlock = """
        NOTIFY=                         | 501
        NOTIFY                          | 501
        NOTIFY=NEVER,DELAY              | 501
        NOTIFY=DELAY,DELAY              | 501
        NOTIFY=SOMETIMES                | 501
        NOTIFY=DELAY,                   | 501
        NOTIFY=DELAY NOTIFY=DELAY       | 501
        ORCPT=ann@example.org           | 501
        ORCPT=rfc822;                   | 501
        ORCPT=;ann@example.org          | 501
        ORCPT=rfc822;a+4                | 501
        ORCPT=rfc822;a+0D+0A            | 501
        ORCPT=utf-8;a+40                | 501
        SIZE=1                          | 555
        """)
    void faultyRcptParametersAreRefused(String words, int code) {
        assertThat(rcpt(words)).isInstanceOfSatisfying(Command.Invalid.class,
            invalid -> assertThat(invalid.reply().code()).isEqualTo(code));
    }

    @Test void lengthsOfDsnParametersAreAllowedUpToTheirLimit() {
        assertThat(mail("ENVID=" + "a".repeat(100))).isInstanceOf(Command.Mail.class);
        assertThat(mail("ENVID=" + "a".repeat(101))).isInstanceOf(Command.Invalid.class);
        assertThat(rcpt("ORCPT=rfc822;" + "a".repeat(493))).isInstanceOf(Command.Rcpt.class);
        assertThat(rcpt("ORCPT=rfc822;" + "a".repeat(494))).isInstanceOf(Command.Invalid.class);
    }

    @Test void aCommandLineMayHaveExactlyTheOctetsAllowed() {
        assertThat(parse("NOOP " + "x".repeat(512 - 7))).isInstanceOf(Command.Noop.class);
        assertThat(parse("NOOP " + "x".repeat(512 - 6))).isEqualTo(new Command.Invalid(Replies.LINE_TOO_LONG));
        var words = " ORCPT=rfc822;" + "a".repeat(493) + " NOTIFY=SUCCESS,FAILURE,DELAY";
        assertThat(parse("RCPT TO:<" + "b".repeat(64) + "@" + "c".repeat(63) + "." + "c".repeat(63) + "> "
            + words.strip())).as("extensions have their room").isInstanceOf(Command.Rcpt.class);
        assertThat(parse("AUTH PLAIN " + "a".repeat(Limits.DEFAULT.authLine() - 13))).isInstanceOf(Command.Auth.class);
        assertThat(parse("AUTH PLAIN " + "a".repeat(Limits.DEFAULT.authLine() - 12)))
            .isEqualTo(new Command.Invalid(Replies.LINE_TOO_LONG));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIL", "MAIL FROM", "MAIL FROM:", "MAIL FROM:ann@example.org", "MAIL TO:<ann@example.org>",
        "MAIL FROM:<ann@example.org>SIZE=1", "MAIL FROM:<ann@example.org", "RCPT", "RCPT TO:<>", "RCPT FROM:<a@b>",
        "RCPT TO:<ann>", "DATA now", "QUIT now", "STARTTLS now", "AUTH", "AUTH PLAIN a b", "AUTH PL@IN",
        "MAIL\0FROM:<>", "MAILFROM:<>", "\u00a0NOOP", "ＮＯＯＰ", "NOOP:", "MAIL  FROM :<>", " NOOP"})
    void whatIsNoCommandIsRefused(String line) {
        assertThat(parse(line)).isInstanceOf(Command.Invalid.class);
    }

    @Test void smallSlipsAreForgiven() {
        assertThat(parse("mail from: <ann@example.org>  SIZE=1 ")).isInstanceOf(Command.Mail.class);
        assertThat(parse("Rcpt To: <ann@example.org> ")).isInstanceOf(Command.Rcpt.class);
        assertThat(parse("DATA ")).isInstanceOf(Command.Data.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BDAT", "BDAT x", "BDAT -1", "BDAT 1 FIRST", "BDAT 1 LAST LAST", "BDAT LAST",
        "BDAT 9999999999999999999"})
    void aChunkOfUnknownLengthLosesTheStep(String line) {
        assertThat(parse(line)).isInstanceOf(Command.LostStep.class);
    }

    @Test void unicodeNeedsSmtpUtf8() {
        assertThat(parse("MAIL FROM:<mü@bücher.example> SMTPUTF8")).isInstanceOfSatisfying(Command.Mail.class,
            mail -> assertThat(mail.sender()).hasToString("mü@xn--bcher-kva.example"));
        assertThat(refusal(parse("MAIL FROM:<mü@example.org>"))).startsWith("553 5.6.7");
        assertThat(refusal(parse("MAIL FROM:<ann@bücher.example>"))).startsWith("553 5.6.7");
        assertThat(refusal(parse("RCPT TO:<mü@example.org>"))).startsWith("553 5.6.7");
        assertThat(parser.parse(line("RCPT TO:<mü@example.org>"), true)).isInstanceOf(Command.Rcpt.class);
        var latin1 = new Line.Text("MAIL FROM:<m\u00fc@example.org> SMTPUTF8".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(refusal(parser.parse(latin1, false))).startsWith("500 5.5.2");
    }

    @Test void anyOctetsMakeACommandOrARefusal() {
        var random = new Random(4111);
        var pieces = List.of("MAIL", "FROM:", "RCPT", "TO:", "<ann@example.org>", "<>", "<", ">", "@", " ", "=", "SIZE",
            "NOTIFY=", "ORCPT=rfc822;", "AUTH", "BDAT", "1", "LAST", "\t", "\u00fc", "\"", "\\", ",", "EHLO", "x",
            "+2B");
        for (var round = 0; round < 50_000; round++) {
            var text = new StringBuilder();
            for (var count = random.nextInt(9); count > 0; count--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            var octets = text.toString().getBytes(random.nextBoolean() ? StandardCharsets.UTF_8
                : StandardCharsets.ISO_8859_1);
            if (parser.parse(new Line.Text(octets), random.nextBoolean()) instanceof Command.Invalid(var reply)) {
                assertThat(reply.code()).isIn(500, 501, 502, 503, 504, 553, 555);
            }
        }
    }

    @Test void withoutDsnItsParametersAreUnknown() {
        var plain = new CommandParser(Extensions.none(), SETTINGS);
        for (var text : Set.of("MAIL FROM:<> RET=FULL", "MAIL FROM:<> SIZE=1", "RCPT TO:<a@b> NOTIFY=NEVER",
            "MAIL FROM:<> SMTPUTF8", "MAIL FROM:<> AUTH=<>")) {
            assertThat(refusal(plain.parse(line(text), false))).as(text).startsWith("555 5.5.4");
        }
    }

    private Command mail(String words) {
        return parse("MAIL FROM:<ann@example.org> " + words);
    }

    private Command rcpt(String words) {
        return parse("RCPT TO:<ann@example.org> " + words);
    }

    private Command parse(String text) {
        return parser.parse(line(text), false);
    }

    private static Line.Text line(String text) {
        return new Line.Text(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String refusal(Command command) {
        return ((Command.Invalid) command).reply().toString();
    }
}
