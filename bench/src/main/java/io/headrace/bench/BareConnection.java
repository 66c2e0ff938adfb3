package io.headrace.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketException;

/// A connection to an AMQP 0-9-1 broker by a client that does what the protocol asks of it and no more: a
/// blocking socket, no threads, no heartbeats, one channel.
///
/// There are no timeouts, each would cost system calls: who started the process ends it if it hangs.
///
/// Threads: one.
final class BareConnection implements AutoCloseable {
    private static final byte[] PROTOCOL_HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    private static final int CHANNEL = 1;
    private static final int REPLY_SUCCESS = 200;

    /// Who opens which vhost.
    record Login(String user, String password, String virtualHost) {}

    private final Socket socket;
    private final DataInputStream in;

    private BareConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    static BareConnection connect(InetSocketAddress broker) throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(broker);
            return new BareConnection(socket);
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    /// From the protocol header to `connection.open-ok`, AMQP 0-9-1 §2.2.4.
    void open(Login login) throws IOException {
        write(PROTOCOL_HEADER);
        await(Method.CONNECTION_START, 0);
        write(startOk(login));
        var tune = await(Method.CONNECTION_TUNE, 0).fields();
        write(tuneOkAndOpen(tune.getShort(), tune.getInt(), login.virtualHost()));
        await(Method.CONNECTION_OPEN_OK, 0);
    }

    void openChannel() throws IOException {
        write(new Requests()
                .begin(CHANNEL, Method.CHANNEL_OPEN)
                .shortString("") // reserved
                .end());
        await(Method.CHANNEL_OPEN_OK, CHANNEL);
    }

    /// Closes the connection and with it the channel. [#close()] follows.
    void end() throws IOException {
        write(new Requests()
                .begin(0, Method.CONNECTION_CLOSE)
                .shortInt(REPLY_SUCCESS)
                .shortString("bye")
                .shortInt(0) // it was no method
                .shortInt(0) // that failed
                .end());
        await(Method.CONNECTION_CLOSE_OK, 0);
        // Who closes a TCP connection first keeps its port in TIME_WAIT for a minute. Of 28,000 ephemeral ports
        // that is a few seconds' worth. Linux lends them again after a second, but only on the loopback, and only
        // as configured; and what one run leaves behind would be in the way of the next, which is another
        // broker's. So we reset the connection, as RabbitMQ does at its end by default (`linger`). Nothing is lost
        // by it: with close-ok, which has come, both sides have said all they had to say.
        socket.setSoLinger(true, 0);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static Requests startOk(Login login) {
        return new Requests()
                .begin(0, Method.CONNECTION_START_OK)
                .table("product", "Headrace bench")
                .shortString("PLAIN")
                .longString("\0" + login.user() + "\0" + login.password())
                .shortString("en_US")
                .end();
    }

    /// No heartbeats, and otherwise what the broker proposed. Tune-ok has no answer, so open need not wait.
    private static Requests tuneOkAndOpen(short channelMax, int frameMax, String virtualHost) {
        return new Requests()
                .begin(0, Method.CONNECTION_TUNE_OK)
                .shortInt(channelMax)
                .longInt(frameMax)
                .shortInt(0)
                .end()
                .begin(0, Method.CONNECTION_OPEN)
                .shortString(virtualHost)
                .shortString("") // reserved
                .octet(0) // reserved
                .end();
    }

    private void write(Requests requests) throws IOException {
        write(requests.bytes());
    }

    private void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    private MethodFrame await(Method method, int channel) throws IOException {
        MethodFrame frame;
        try {
            frame = MethodFrame.read(in);
        } catch (EOFException | SocketException gone) { // as RabbitMQ answers a wrong password
            throw new IOException(
                    "the broker ended the connection, where %s was awaited".formatted(method.title()), gone);
        }
        if (!frame.is(method, channel)) {
            throw new ProtocolException("%s, where %s (%d.%d) on channel %d was awaited"
                    .formatted(frame, method.title(), method.classId, method.methodId, channel));
        }
        return frame;
    }
}
