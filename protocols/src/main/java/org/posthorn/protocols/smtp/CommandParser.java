package org.posthorn.protocols.smtp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.posthorn.protocols.address.AddressParser;
import org.posthorn.protocols.address.AddressResult;
import org.posthorn.protocols.address.AddressResult.Bad;
import org.posthorn.protocols.address.AddressResult.Good;
import org.posthorn.protocols.address.AddressResult.Problem;
import org.posthorn.protocols.atrn.AtrnCommand;
import org.posthorn.protocols.etrn.EtrnCommand;
import org.posthorn.protocols.wire.Line;
import org.posthorn.protocols.wire.Reply;

/** Reads one command line (RFC 5321 section 4.1.1). What is not offered at this moment is not known either. */
final class CommandParser {

    private static final Pattern MECHANISM = Pattern.compile("[A-Za-z0-9_-]{1,20}");
    /** Nineteen digits and more could not be counted in a long; nobody means them. */
    private static final Pattern OCTETS = Pattern.compile("[0-9]{1,18}");

    private final Extensions extensions;
    private final SessionSettings settings;

    CommandParser(Extensions extensions, SessionSettings settings) {
        this.extensions = extensions;
        this.settings = settings;
    }

    /**
     * Reads a line.
     *
     * @param smtpUtf8 whether the transaction that is open was begun with SMTPUTF8
     */
    Command parse(Line.Text line, boolean smtpUtf8) {
        var latin1 = line.latin1();
        var verb = verb(latin1);
        // The CRLF counts (RFC 5321 section 4.5.3.1.4).
        if (line.octets().length + 2 > extensions.lineLimit(verb, settings.limits())) {
            return new Command.Invalid(Replies.LINE_TOO_LONG);
        }
        String text;
        try {
            text = isAscii(latin1) ? latin1
                : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line.octets())).toString();
        } catch (CharacterCodingException e) {
            return new Command.Invalid(Reply.of(500, "5.5.2", "The command is not UTF-8"));
        }
        var argument = text.substring(verb.length()).strip();
        return switch (verb) {
            case "HELO" -> hello(Peer.Greeting.HELO, argument);
            case "EHLO" -> hello(Peer.Greeting.EHLO, argument);
            case "LHLO" -> hello(Peer.Greeting.LHLO, argument);
            case "MAIL" -> mail(argument);
            case "RCPT" -> rcpt(argument, smtpUtf8);
            case "DATA" -> bare(new Command.Data(), argument);
            case "BDAT" -> bdat(argument);
            case "RSET" -> bare(new Command.Rset(), argument);
            case "NOOP" -> new Command.Noop();
            case "VRFY" -> lookup(argument, new Command.Vrfy(argument));
            case "EXPN" -> new Command.Expn(argument);
            case "HELP" -> new Command.Help();
            case "QUIT" -> bare(new Command.Quit(), argument);
            case "STARTTLS" -> bare(new Command.StartTls(), argument);
            case "AUTH" -> auth(argument);
            case "ETRN" -> new Command.Etrn(EtrnCommand.parse(argument));
            case "ATRN" -> new Command.Atrn(AtrnCommand.parse(argument));
            case "XCLIENT" -> xclient(argument);
            default -> new Command.Invalid(Replies.UNKNOWN);
        };
    }

    /** The first word, in upper case. Only ASCII letters make a verb, so nothing folds into one. */
    static String verb(String text) {
        var end = 0;
        while (end < text.length() && text.charAt(end) < 128 && Character.isLetterOrDigit(text.charAt(end))) {
            end++;
        }
        var endsWell = end == text.length() || text.charAt(end) == ' ' || text.charAt(end) == '\t';
        return endsWell ? text.substring(0, end).toUpperCase(Locale.ROOT) : "";
    }

    /**
     * Whatever stands there is taken: real clients greet with names that no grammar knows, and mail must not be refused
     * for it (RFC 5321 section 4.1.4). What may stand in a Received field is decided there.
     */
    private Command hello(Peer.Greeting greeting, String name) {
        if (!settings.dialect().greetsWith(greeting)) {
            return new Command.Invalid(Reply.of(500, "5.5.1",
                greeting + " is not a command of " + settings.dialect().banner()));
        }
        return name.isEmpty() || hasControl(name)
            ? syntax("expected " + greeting + " and your host name or address literal")
            : new Command.Hello(greeting, name);
    }

    private static boolean hasControl(String text) {
        for (var i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private Command mail(String argument) {
        if (!argument.regionMatches(true, 0, "FROM:", 0, 5)) {
            return syntax("expected MAIL FROM:<address>");
        }
        var text = argument.substring(5).stripLeading();
        return switch (parser(true).reversePath(text)) {
            case Bad<?>(var problem, var why) -> refused(problem, "5.1.7", why);
            case Good<?>(_, var rest) when notSeparated(rest) -> syntax("expected a space after '>'");
            case Good(var sender, var rest) -> switch (EsmtpParameters.read(rest)) {
                case EsmtpParameters.Fault(var reply) -> new Command.Invalid(reply);
                case EsmtpParameters.Words words -> switch (new MailWords(extensions, settings.terms())
                    .parameters(words)) {
                    case MailWords.Fault(var reply) -> new Command.Invalid(reply);
                    case MailWords.Parameters(var parameters, _) when !parameters.smtpUtf8() && !isAscii(text) ->
                        refused(Problem.NEEDS_SMTPUTF8, "5.1.7", "an address that is not ASCII needs SMTPUTF8");
                    case MailWords.Parameters(var parameters, var lowered) ->
                        new Command.Mail(sender, parameters, lowered);
                };
            };
        };
    }

    private Command rcpt(String argument, boolean smtpUtf8) {
        if (!argument.regionMatches(true, 0, "TO:", 0, 3)) {
            return syntax("expected RCPT TO:<address>");
        }
        var path = parser(smtpUtf8).forwardPath(argument.substring(3).stripLeading(), settings.hostname());
        return switch (path) {
            case Bad<?>(var problem, var why) -> refused(problem, "5.1.3", why);
            case Good<?>(_, var rest) when notSeparated(rest) -> syntax("expected a space after '>'");
            case Good(var mailbox, var rest) -> switch (EsmtpParameters.read(rest)) {
                case EsmtpParameters.Fault(var reply) -> new Command.Invalid(reply);
                case EsmtpParameters.Words words -> switch (new RcptWords(extensions).recipient(mailbox, words)) {
                    case RcptWords.Fault(var reply) -> new Command.Invalid(reply);
                    case RcptWords.Parsed(var recipient) -> new Command.Rcpt(recipient);
                };
            };
        };
    }

    private AddressParser parser(boolean smtpUtf8) {
        return smtpUtf8 && extensions.has(Extension.SMTPUTF8) ? AddressParser.smtpUtf8() : AddressParser.ascii();
    }

    private Command bdat(String argument) {
        var words = argument.split(" +", -1);
        var last = words.length == 2 && words[1].equalsIgnoreCase("LAST");
        if (!OCTETS.matcher(words[0]).matches()) {
            return new Command.LostStep(Reply.of(501, "5.5.4", "Expected BDAT, a number of octets and maybe LAST"));
        }
        if (words.length > 1 && !last) {
            return new Command.LostStep(Reply.of(501, "5.5.4", "Expected LAST or nothing after the number of octets"));
        }
        return new Command.Bdat(Long.parseLong(words[0]), last);
    }

    private static Command auth(String argument) {
        var words = argument.split(" +", -1);
        if (!MECHANISM.matcher(words[0]).matches() || words.length > 2) {
            return syntax("expected AUTH, a mechanism and maybe an initial response");
        }
        return new Command.Auth(words[0].toUpperCase(Locale.ROOT),
            words.length == 2 ? Optional.of(words[1]) : Optional.empty());
    }

    private static Command xclient(String argument) {
        return switch (GivenClient.read(argument)) {
            case GivenClient.Good(var client) -> new Command.Xclient(client);
            case GivenClient.Fault(var why) -> syntax(why);
        };
    }

    private static Command bare(Command command, String argument) {
        return argument.isEmpty() ? command : syntax("this command takes no argument");
    }

    private static Command lookup(String argument, Command command) {
        return argument.isEmpty() ? syntax("expected an address or a name") : command;
    }

    private static boolean notSeparated(String rest) {
        return !rest.isEmpty() && rest.charAt(0) != ' ';
    }

    private static boolean isAscii(String text) {
        for (var i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128) {
                return false;
            }
        }
        return true;
    }

    private static Command refused(AddressResult.Problem problem, String status, String why) {
        return switch (problem) {
            case SYNTAX -> new Command.Invalid(Reply.of(501, status, sentence(why)));
            case NEEDS_SMTPUTF8 -> new Command.Invalid(Reply.of(553, "5.6.7", sentence(why)));
        };
    }

    private static Command syntax(String why) {
        return new Command.Invalid(Reply.of(501, "5.5.4", sentence(why)));
    }

    /** The reasons may quote what the client sent: one line, and not its control characters. */
    private static String sentence(String why) {
        var clean = why.replaceAll("\\p{Cntrl}", "?");
        return clean.substring(0, 1).toUpperCase(Locale.ROOT) + clean.substring(1);
    }
}
