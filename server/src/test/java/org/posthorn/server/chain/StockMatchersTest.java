package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.posthorn.mailets.port.Stage;

/** Every matcher of James's jar, with a condition that fits and mostly one that does not, on one mail. */
class StockMatchersTest {

    private static final String MESSAGE = """
        Received: from a.example by b.example; Mon, 2 Mar 2026 10:00:00 +0000\r
        Received: from c.example by a.example; Mon, 2 Mar 2026 09:00:00 +0000\r
        From: Ann <ann@client.example>\r
        To: ann@example.org, list@example.org\r
        Subject: [list] Hello\r
        List-Id: <list.example.org>\r
        X-Spam-Score: 7\r
        X-fetched-from: pop\r
        Content-Type: multipart/mixed; boundary=b1\r
        \r
        --b1\r
        Content-Type: text/plain\r
        \r
        Hello,\r
        this is it.\r
        --b1\r
        Content-Type: application/pdf; name=report.pdf\r
        Content-Disposition: attachment; filename=report.pdf\r
        \r
        %PDF\r
        --b1--\r
        """;

    /** The match, and whom it names: of ann and list-on here, and zoe elsewhere. */
    private static final String TABLE = """
        All                                             | ann list-on zoe
        AtMost=tries:1                                  | ann list-on zoe
        AttachmentFileNameIs=*.pdf                      | ann list-on zoe
        AttachmentFileNameIs=*.exe                      |
        CommandForListserv=list@example.org             | list-on
        CommandListservMatcher=list@example.org         | list-on
        CommandListservMatcher=other@example.org        |
        CompareNumericHeaderValue=X-Spam-Score > 5      | ann list-on zoe
        CompareNumericHeaderValue=X-Spam-Score > 9      |
        FetchedFrom=pop                                 | ann list-on zoe
        FetchedFrom=imap                                |
        FileRegexMatcher=FILE                           | ann list-on zoe
        HasAttachment                                   | ann list-on zoe
        HasException=java.lang.IllegalStateException    | ann list-on zoe
        HasException=java.io.IOException                |
        HasHeader=X-Spam-Score                          | ann list-on zoe
        HasHeader=X-Spam-Score=7                        | ann list-on zoe
        HasHeader=X-Spam-Score=8                        |
        HasHeaderWithPrefix=X-Spam                      | ann list-on zoe
        HasHeaderWithPrefix=X-Ham                       |
        HasMailAttribute=tag                            | ann list-on zoe
        HasMailAttribute=other                          |
        HasMailAttributeWithValue=tag, yes              | ann list-on zoe
        HasMailAttributeWithValue=tag, no               |
        HasMailAttributeWithValueRegex=tag, y.*         | ann list-on zoe
        HasMailAttributeWithValueRegex=tag, n.*         |
        HasMimeType=multipart/mixed                     | ann list-on zoe
        HasMimeType=text/plain                          |
        HasMimeTypeAnySubPart=application/pdf           | ann list-on zoe
        HasMimeTypeAnySubPart=image/png                 |
        HasMimeTypeParameter=boundary=b1                | ann list-on zoe
        HasMimeTypeParameter=boundary=b2                |
        HostIs=far.example                              | zoe
        HostIsLocal                                     | ann list-on
        IsFromMailingList                               | ann list-on zoe
        IsSingleRecipient                               |
        NESSpamCheck                                    |
        PartHasContentType=application/pdf              | ann list-on zoe
        RecipientCountExceeds=2                         | ann list-on zoe
        RecipientCountExceeds=3                         |
        RecipientDomainIs=far.example                   | zoe
        RecipientIs=ann@example.org                     | ann
        RecipientIsLocal                                | ann
        RecipientIsRegex=.*@example\\.org               | ann list-on
        RelayLimit=2                                    | ann list-on zoe
        RelayLimit=3                                    |
        SMTPAuthSuccessful                              | ann list-on zoe
        SMTPAuthUserIs=ann@client.example               | ann list-on zoe
        SMTPAuthUserIs=bob@client.example               |
        SMTPIsAuthNetwork                               | ann list-on zoe
        SenderDomainIs=client.example                   | ann list-on zoe
        SenderHostIs=client.example                     | ann list-on zoe
        SenderHostIs=far.example                        |
        SenderHostIsLocal                               |
        SenderIs=ann@client.example                     | ann list-on zoe
        SenderIsLocal                                   |
        SenderIsNull                                    |
        SenderIsRegex=ann@.*                            | ann list-on zoe
        SenderIsRegex=bob@.*                            |
        SentByMailet                                    | ann list-on zoe
        SizeGreaterThan=100                             | ann list-on zoe
        SizeGreaterThan=10m                             |
        SubjectIs=[list] Hello                          | ann list-on zoe
        SubjectIs=Hello                                 |
        SubjectStartsWith=[list]                        | ann list-on zoe
        TooManyLines=5                                  | ann list-on zoe
        TooManyLines=500                                |
        TooManyRecipients=2                             | ann list-on zoe
        TooManyRecipients=3                             |
        UserIs=zoe                                      | zoe
        """;

    @TempDir Path folder;
    private final Workshop workshop = new Workshop();

    static Stream<String> rows() {
        return TABLE.lines();
    }

    private static PosthornMail mail() {
        var mail = TestMail.at(Stage.ACCEPTED, Optional.of(MailMessage.of(TestMail.content(MESSAGE))),
            "ann@example.org", "list-on@example.org", "zoe@far.example");
        note(mail, "tag", AttributeValue.of("yes"));
        note(mail, Mail.SMTP_AUTH_USER.asString(), AttributeValue.of("ann@client.example"));
        note(mail, "org.apache.james.SMTPIsAuthNetwork", AttributeValue.of(true));
        mail.setAttribute(new Attribute(Mail.MAILET_ERROR, AttributeValue.ofUnserializable(
            new IllegalStateException("test"))));
        mail.setAttribute(Mail.SENT_BY_MAILET_ATTRIBUTE);
        return mail;
    }

    private static void note(PosthornMail mail, String name, AttributeValue<?> value) {
        mail.setAttribute(new Attribute(AttributeName.of(name), value));
    }

    @ParameterizedTest @MethodSource("rows")
    void eachNamesWhomItShould(String row) throws IOException {
        var file = Files.writeString(folder.resolve("regex"), "X-Spam-Score:[5-9].*\n");
        var cells = row.split("\\|", 2);
        var match = cells[0].strip().replace("FILE", file.toString()).replace(">", "&gt;");
        var mail = mail();
        var chain = workshop.chain("""
            <processor state="root">
              <mailet match="%s" class="Discard"/><mailet match="All" class="LocalDelivery"/>
            </processor>""".formatted(match));
        var named = Workshop.told(chain.run("root", mail)).stream().filter(end -> end.endsWith("Discarded root#1"))
            .map(end -> end.substring(0, end.indexOf('@'))).collect(Collectors.joining(" "));
        assertThat(named).isEqualTo(cells[1].strip());
    }

    @Test void noneIsForgotten() {
        var here = rows().map(row -> row.split("[|= ]", 2)[0]).collect(Collectors.toCollection(TreeSet::new));
        assertThat(here).isEqualTo(StockClasses.named(Matcher.class, "matchers"));
    }
}
