package org.posthorn.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A plain session, line by line, that knows nothing of Posthorn's own client. */
final class Talk implements Closeable {

    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;
    private final String banner;

    private Talk(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(60_000);
        this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        this.out = socket.getOutputStream();
        this.banner = reply();
    }

    static Talk open(int port) throws IOException {
        return new Talk(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    String banner() {
        return banner;
    }

    /** Says a line and gives the reply's last line. */
    String say(String line) throws IOException {
        write(line + "\r\n");
        return reply();
    }

    void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    String reply() throws IOException {
        var line = in.readLine();
        while (line != null && line.length() > 3 && line.charAt(3) == '-') {
            line = in.readLine();
        }
        return line == null ? "" : line;
    }

    /** A whole transaction; every recipient must be accepted. The reply to the final dot. */
    String send(String from, List<String> recipients, String message) throws IOException {
        assertThat(say("EHLO client.example")).startsWith("250");
        assertThat(say("MAIL FROM:<" + from + ">")).startsWith("250");
        for (var recipient : recipients) {
            assertThat(say("RCPT TO:<" + recipient + ">")).startsWith("250");
        }
        assertThat(say("DATA")).startsWith("354");
        write(message.replace("\n", "\r\n").replace("\r\n.", "\r\n.."));
        return say(message.endsWith("\n") ? "." : "\r\n.");
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
