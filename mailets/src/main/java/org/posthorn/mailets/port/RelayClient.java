package org.posthorn.mailets.port;

import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.Mail;

/**
 * What relaying depends on of the client that gave us a mail.
 *
 * @param user as whom it authenticated; empty when it did not
 * @param address its IP address
 * @param certificate the fingerprint of the certificate it showed, such as {@code sha256:0a1b...}; empty without
 */
public record RelayClient(String user, String address, String certificate) {

    /** Under which name the fingerprint stands on a mail. */
    public static final AttributeName CERTIFICATE = AttributeName.of("org.posthorn.clientCertificate");

    /** The client that gave us this mail. */
    public static RelayClient of(Mail mail) {
        return new RelayClient(text(mail, Mail.SMTP_AUTH_USER), mail.getRemoteAddr(), text(mail, CERTIFICATE));
    }

    private static String text(Mail mail, AttributeName name) {
        return AttributeUtils.getValueAndCastFromMail(mail, name, String.class).orElse("");
    }
}
