package org.posthorn.server.bench;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A client of a server of our own, by SMTP or LMTP: it expects good replies, and whatever else comes is an
 * {@link IOException} that tells it.
 */
public final class PlainClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int BLOCK = 16_384;   // octets

    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    private PlainClient(Socket socket, BufferedReader in, OutputStream out) {
        this.socket = socket;
        this.in = in;
        this.out = out;
    }

    /** On a new connection. */
    public static PlainClient to(InetSocketAddress door) throws IOException {
        return on(new Socket(door.getAddress(), door.getPort()));
    }

    /** On this connection, which it closes. */
    public static PlainClient on(Socket socket) throws IOException {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.setTcpNoDelay(true);
        return new PlainClient(socket,
            new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)),
            new BufferedOutputStream(socket.getOutputStream(), BLOCK));
    }

    /** Waits for the banner and greets, with EHLO or LHLO. */
    public void begin(String hello) throws IOException {
        hear();
        ask(hello + " laptop.example");
    }

    /** Says a line and waits for the reply. */
    public void ask(String line) throws IOException {
        say((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        hear();
    }

    /** Says octets as they are, and all that was {@link #put} before them. */
    public void say(byte[] octets) throws IOException {
        put(octets);
        out.flush();
    }

    /** Says octets later. */
    public void put(byte[] octets) throws IOException {
        out.write(octets);
    }

    /** Waits for a reply, which must be a good one: 2yz or 3yz. */
    public void hear() throws IOException {
        while (true) {
            var line = in.readLine();
            if (line == null) {
                throw new IOException("the server closed the connection");
            }
            if (line.isEmpty() || line.charAt(0) > '3') {
                throw new IOException("the server said: " + line);
            }
            if (line.length() < 4 || line.charAt(3) != '-') {
                return;
            }
        }
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
