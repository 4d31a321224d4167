package org.posthorn.server.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** A name server on a loopback port, by UDP and TCP, that answers as the test's script says. */
public final class TestNameServer implements AutoCloseable {

    /** What came by which transport. */
    public enum Transport { UDP, TCP }

    /** Fills in the response; false for silence. */
    @FunctionalInterface
    public interface Script {
        boolean answer(Transport transport, Message query, Message response) throws IOException;
    }

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Script script;
    private final DatagramSocket udp;
    private final ServerSocket tcp;

    /** Answers from now on. */
    public TestNameServer(Script script) throws IOException {
        this(InetAddress.ofLiteral("127.0.0.1"), script);
    }

    /** At another loopback address. */
    TestNameServer(InetAddress loopback, Script script) throws IOException {
        this.script = script;
        var sockets = bind(loopback);
        tcp = sockets.tcp;
        udp = sockets.udp;
        Thread.ofVirtual().name("test-dns-udp").start(this::serveUdp);
        Thread.ofVirtual().name("test-dns-tcp").start(this::serveTcp);
    }

    private record Sockets(ServerSocket tcp, DatagramSocket udp) {
    }

    /** One port for both; that of TCP may be somebody's by UDP, then another is tried. */
    private static Sockets bind(InetAddress loopback) throws IOException {
        for (var attempt = 1;; attempt++) {
            var tcp = new ServerSocket(0, 10, loopback);
            try {
                return new Sockets(tcp, new DatagramSocket(tcp.getLocalPort(), loopback));
            } catch (BindException e) {
                tcp.close();
                if (attempt == 10) {
                    throw e;
                }
            }
        }
    }

    /** Where it is asked. */
    public InetSocketAddress address() {
        return new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort());
    }

    /** Every question so far, as {@code UDP name. TYPE}. */
    List<String> asked() {
        return asked;
    }

    private void serveUdp() {
        var buffer = new byte[4096];
        while (!udp.isClosed()) {
            try {
                var packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                var query = new Message(java.util.Arrays.copyOf(buffer, packet.getLength()));
                var response = response(Transport.UDP, query);
                if (response.length > 0) {
                    udp.send(new DatagramPacket(response, response.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                asked.add("udp ended: " + e.getMessage());
            }
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try (var socket = tcp.accept()) {
                var in = new DataInputStream(socket.getInputStream());
                var query = new Message(in.readNBytes(in.readUnsignedShort()));
                var response = response(Transport.TCP, query);
                var out = new DataOutputStream(socket.getOutputStream());
                out.writeShort(response.length);
                out.write(response);
            } catch (IOException e) {
                asked.add("tcp ended: " + e.getMessage());
            }
        }
    }

    private byte[] response(Transport transport, Message query) throws IOException {
        var question = query.getQuestion();
        asked.add(transport + " " + question.getName() + " " + org.xbill.DNS.Type.string(question.getType()));
        var response = new Message();
        response.setHeader(new Header(query.getHeader().getID()));
        response.getHeader().setFlag(Flags.QR);
        response.getHeader().setFlag(Flags.RA);
        response.addRecord(question, Section.QUESTION);
        return script.answer(transport, query, response) ? response.toWire() : new byte[0];
    }

    @Override public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
