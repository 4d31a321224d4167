package org.posthorn.server.chain;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Optional;

/**
 * Matchers and mailets of James that are not here, and what does their work. {@code docs/from-james.md} has the same
 * list; a test compares the two.
 */
final class Elsewhere {

    private static final String METRICS = "posthorn trace tells each step of a message, the log and the console count";
    private static final String SIEVE = "filter in the mail store: LmtpDelivery to Dovecot, which runs Sieve";
    private static final String JMAP = "there is no JMAP here";
    private static final String DATABASE = "posthorn alias keeps aliases, and RecipientRewriteTable applies them";
    private static final String RETRIES = "delivery.xml says when delivery is tried again and given up, and bounce.xml"
        + " what the sender is told; no mail comes back into a processor";
    private static final String PRIORITY = "every destination has a queue of its own and none waits for another";
    private static final String SCANNER = "give such mail to a scanner's SMTP port with RemoteDelivery and <gateway>";
    private static final String HTTP = "it needs Apache HttpClient, which is not shipped: write a mailet of your own,"
        + " see docs/writing-a-mailet.md";
    private static final String WHITELIST = "SenderIs, SenderIsRegex or RemoteAddrInNetwork with the list in the file";
    private static final String LATER = "not here yet";

    private static final Map<String, String> MAILETS = Map.ofEntries(
        entry("AddHabeasWarrantMark", "SetMimeHeader"),
        entry("AmqpForwardAttribute", HTTP.replace("Apache HttpClient", "an AMQP client")),
        entry("BayesianAnalysis", SCANNER), entry("BayesianAnalysisFeeder", SCANNER),
        entry("ClamAVScan", SCANNER), entry("SpamAssassin", SCANNER), entry("RspamdScanner", SCANNER),
        entry("ConvertTo7Bit", "nothing: mail is passed on with the octets that it came with"),
        entry("DeconnectionRight", LATER),
        entry("DKIMSign", LATER), entry("DKIMVerify", LATER), entry("ARCSign", LATER), entry("ARCVerify", LATER),
        entry("FromRepository", "posthorn queue release --held NAME lets all mail held under a name go on: a mailet"
            + " touches the mail in hand only"),
        entry("HeadersToHTTP", HTTP), entry("SerialiseToHTTP", HTTP),
        entry("ICalendarParser", LATER), entry("ICALToHeader", LATER), entry("ICALToJsonAttribute", LATER),
        entry("JDBCAlias", DATABASE), entry("JDBCRecipientRewriteTable", DATABASE),
        entry("XMLRecipientRewriteTable", DATABASE), entry("UsersRepositoryAliasingForwarding", DATABASE),
        entry("JMAPFiltering", JMAP), entry("VacationMailet", JMAP), entry("ExtractMDNOriginalJMAPMessageId", JMAP),
        entry("ManageSieveMailet", SIEVE), entry("Sieve", SIEVE), entry("SieveLocalDelivery", SIEVE),
        entry("MailToAllUsers", LATER),
        entry("MetricsMailet", METRICS),
        entry("RandomStoring", "nothing: it is for tests of James"),
        entry("Requeue", "Defer"),
        entry("Sign", LATER), entry("SMIMESign", LATER), entry("SMIMECheckSignature", LATER),
        entry("SMIMEDecrypt", LATER),
        entry("SplitMail", "nothing: each recipient is settled alone"),
        entry("SubAddressing", "nothing: ann+folder@ is ann's by itself, see docs/users.md"),
        entry("TextCalendarBodyToAttachment", LATER), entry("ToPlainText", "OnlyText"),
        entry("ToRecipientFolder", "LocalDelivery delivers to the inbox; " + SIEVE),
        entry("ToSenderFolder", "mail programs store sent mail themselves"),
        entry("ToSenderDomainRepository", "ToRepository, a step for each domain with SenderDomainIs"),
        entry("WhiteListManager", WHITELIST),
        entry("WithPriority", PRIORITY),
        entry("WithStorageDirective", "LocalDelivery delivers to the inbox; " + SIEVE));

    private static final Map<String, String> MATCHERS = Map.ofEntries(
        entry("AtLeastPriority", PRIORITY), entry("AtMostPriority", PRIORITY), entry("HasPriority", PRIORITY),
        entry("Dlp", "SubjectIs, HasHeader, FileRegexMatcher and others with Hold"),
        entry("DSNDelayRequested", RETRIES), entry("DSNFailureRequested", RETRIES),
        entry("DSNSuccessRequested", RETRIES),
        entry("HasHabeasWarrantMark", "HasHeader"),
        entry("IsInDropList", "SenderIs, SenderIsRegex or SenderDomainIs with the list in the file"),
        entry("IsInWhiteList", WHITELIST), entry("NetworkIsInWhitelist", WHITELIST),
        entry("IsMarkedAsSpam", "HasHeader, for the header that your scanner writes"),
        entry("MailboxQuotaFixed", "IsOverQuota"),
        entry("IsRemoteDeliveryPermanentError", RETRIES), entry("IsRemoteDeliveryTemporaryError", RETRIES),
        entry("RemoteDeliveryFailedWithSMTPCode", RETRIES),
        entry("IsSenderInRRTLoop", "SenderIsNull: an address that leads back to itself fails alone, with 5.4.6"),
        entry("IsSMIMEEncrypted", "HasMimeType=application/pkcs7-mime"),
        entry("IsSMIMESigned", "HasMimeType=multipart/signed"),
        entry("RecipientHasMXRecord", LATER),
        entry("SenderHasMXRecord", "SenderInFakeDomain, for its opposite"),
        entry("SentByJmap", JMAP),
        entry("HasLDAPAttribute", LATER), entry("IsMemberOfLDAPGroup", LATER));

    /** By mailet and parameter; a star is every mailet. */
    private static final Map<String, String> PARAMETERS = Map.ofEntries(
        entry("* debug", "the log tells each step"),
        entry("* static", "addresses are read once, always"),
        entry("* fakeDomainCheck", "put the matcher SenderInFakeDomain before this step"),
        entry("RemoteDelivery outgoingQueue", "there is one queue, with a part for each destination"),
        entry("RemoteDelivery delayTime", "delivery.xml <retry> says when delivery is tried again"),
        entry("RemoteDelivery maxRetries", "delivery.xml <retry> says when it is given up"),
        entry("RemoteDelivery maxDnsProblemRetries", "delivery.xml <retry> says when it is given up"),
        entry("RemoteDelivery deliveryThreads", "delivery.xml says how many connections are open at once"),
        entry("RemoteDelivery bounceProcessor", "what fails for good is reported to its sender, see bounce.xml"),
        entry("RemoteDelivery gatewayUsername", "no password is sent to a gateway yet"),
        entry("RemoteDelivery gatewayPassword", "no password is sent to a gateway yet"),
        entry("RemoteDelivery heloName", "server.xml <hostname> is our name everywhere"),
        entry("RemoteDelivery bind", "delivery leaves by the address that the system chooses"),
        entry("RemoteDelivery startTLS", "TLS is taken where it is offered, see delivery.xml"),
        entry("RemoteDelivery sslEnable", "TLS is taken where it is offered, see delivery.xml"),
        entry("RemoteDelivery verifyServerIdentity", "TLS is taken where it is offered, see delivery.xml"),
        entry("RemoteDelivery timeout", "delivery.xml says how long a reply is waited for"),
        entry("RemoteDelivery connectiontimeout", "delivery.xml says how long a connection is waited for"),
        entry("RemoteDelivery onSuccess", "a delivered mail comes into no processor again"),
        entry("LocalDelivery consume", "a mail that is delivered ends here"),
        entry("LocalDelivery addDeliveryHeader", "Delivered-To is written at each local delivery"),
        entry("ToRepository notice", "give a <message> to Bounce, or a <notice> to ToProcessor"),
        entry("DSNBounce messageString", "<reply> holds the reason"),
        entry("DSNBounce defaultStatus", "<reply> holds the status"),
        entry("DSNBounce action", "it reports failures only"),
        entry("DSNBounce sender", "bounce.xml says who reports"),
        entry("DSNBounce prefix", "bounce.xml says what a report is like"),
        entry("DSNBounce attachment", "the sender's RET decides, and bounce.xml"),
        entry("Hold repositoryPath", "<name> holds the name"));

    private Elsewhere() {
    }

    /** What does the work of a parameter that James's mailet of the same name has; empty where nothing is known. */
    static Optional<String> ofParameter(String mailet, String parameter) {
        return Optional.ofNullable(PARAMETERS.get(bare(mailet) + " " + parameter))
            .or(() -> Optional.ofNullable(PARAMETERS.get("* " + parameter)));
    }

    /** All of them, for the documentation's test. */
    static Map<String, String> parameters() {
        return PARAMETERS;
    }

    /**
     * What does a mailet's work here.
     *
     * @param name as written: short, or with its package
     */
    static Optional<String> ofMailet(String name) {
        return Optional.ofNullable(MAILETS.get(bare(name)));
    }

    /** What does a matcher's work here. */
    static Optional<String> ofMatcher(String name) {
        return Optional.ofNullable(MATCHERS.get(bare(name)));
    }

    /** All of them, for the documentation's test. */
    static Map<String, String> mailets() {
        return MAILETS;
    }

    /** All of them, for the documentation's test. */
    static Map<String, String> matchers() {
        return MATCHERS;
    }

    private static String bare(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
