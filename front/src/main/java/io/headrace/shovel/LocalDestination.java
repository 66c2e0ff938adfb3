package io.headrace.shovel;

import io.headrace.broker.Broker;
import io.headrace.broker.Command;
import io.headrace.broker.RefusedException;
import io.headrace.broker.Session;
import io.headrace.message.MalformedException;
import io.headrace.message.MessageProperties;
import io.headrace.security.Permissions;
import io.headrace.security.User;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;

/// An exchange of this broker. Messages wait in order for the loop, which takes none while there is an alarm or
/// the log is behind.
///
/// Threads: the shovel's; marked methods the loop.
final class LocalDestination implements Destination, Session.Confirms {
    private static final long WAITING_BYTES_MAX = 16L << 20;
    private static final int WAITING_MAX = 1_000;
    /// Published in one go, so that others have the loop too.
    private static final int TOGETHER = 128;
    private static final int NAME_BYTES_MAX = 255;
    private static final String IMPERSONATOR = "impersonator";

    private final LocalEnd end;
    private final boolean confirms;
    private final Inbox inbox;
    private final Session.Publisher publisher;
    private final Broker.Alarms.Listening alarms;
    // under the lock
    private final Queue<Message> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean scheduled;
    private boolean closed;
    private String trouble = ""; // why it is closed
    // the loop's
    private final MessageProperties properties = new MessageProperties();
    private long sequence;
    private boolean pressed; // waits for relief
    private volatile boolean blocked;

    private LocalDestination(LocalEnd end, boolean confirms, Inbox inbox) {
        this.end = end;
        this.confirms = confirms;
        this.inbox = inbox;
        this.publisher = end.session().publisher(this);
        this.alarms = end.broker().alarms().listen(end.loop(), this::drain);
    }

    /// Declares what it publishes to, if that is a queue.
    ///
    /// @param confirms whether the inbox hears of what was stored
    static LocalDestination open(LocalEnd end, ShovelDefinition.To to, boolean confirms, Inbox inbox)
            throws ShovelTrouble, InterruptedException {
        if (to.queue().isPresent()) {
            end.ensureQueue(new Command.DeclareQueue(to.queue().get(), false, true, false, false, to.queueArguments()));
        }
        return end.<LocalDestination>await(done -> done.accept(new LocalDestination(end, confirms, inbox)));
    }

    @Override
    public synchronized void publish(Message message) throws ShovelTrouble, InterruptedException {
        while (!closed && (waiting.size() >= WAITING_MAX || waitingBytes >= WAITING_BYTES_MAX)) {
            wait();
        }
        refuseIfClosed();
        waiting.add(message);
        waitingBytes += message.sizeBytes();
        if (!scheduled) {
            scheduled = true;
            end.loop().execute(this::drain);
        }
    }

    @Override
    public synchronized void flush() throws ShovelTrouble, InterruptedException {
        while (!closed && !waiting.isEmpty()) {
            wait();
        }
        refuseIfClosed();
    }

    private void refuseIfClosed() throws ShovelTrouble {
        if (closed) {
            throw new ShovelTrouble(trouble);
        }
    }

    private synchronized Message next() {
        if (closed) {
            return null;
        }
        var message = waiting.poll();
        if (message == null) {
            scheduled = false;
        } else {
            waitingBytes -= message.sizeBytes();
        }
        notifyAll();
        return message;
    }

    @Override
    public boolean blocked() {
        return blocked;
    }

    /// Gives what waits to the loop first, unless that may not publish now.
    @Override
    public void close() {
        alarms.close();
        end.close(() -> {
            while (mayPublish() && publishNext()) {}
            end("stopped");
        });
    }

    // ---- on the loop ----

    private void drain() {
        for (int count = 0; mayPublish(); count++) {
            if (count == TOGETHER) {
                end.loop().execute(this::drain);
                return;
            }
            if (!publishNext()) {
                return;
            }
        }
    }

    private boolean mayPublish() {
        blocked = !end.broker().alarms().reason().isEmpty();
        if (blocked || pressed) {
            return false; // the alarm's listener, or the relief, comes back
        }
        if (end.session().underPressure()) {
            pressed = true;
            end.session().onRelief(() -> {
                pressed = false;
                drain();
            });
            return false;
        }
        return true;
    }

    private boolean publishNext() {
        if (inbox.abandoned()) {
            end("its vhost or its user is gone"); // and with them all that the session knows
            return false;
        }
        var message = next();
        if (message == null) {
            return false;
        }
        var trouble = publishNow(message);
        if (!trouble.isEmpty()) {
            fail(trouble);
            return false;
        }
        return true;
    }

    /// @return what was wrong, or nothing
    private String publishNow(Message message) {
        var exchange = message.exchange().getBytes(StandardCharsets.UTF_8);
        var key = message.routingKey().getBytes(StandardCharsets.UTF_8);
        if (exchange.length > NAME_BYTES_MAX || key.length > NAME_BYTES_MAX) {
            return "a name is longer than " + NAME_BYTES_MAX + " bytes";
        }
        var names = new byte[exchange.length + key.length];
        System.arraycopy(exchange, 0, names, 0, exchange.length);
        System.arraycopy(key, 0, names, exchange.length, key.length);
        try {
            var wrong = wrongProperties(message.properties());
            if (wrong.isEmpty()) {
                publisher.publish(names, exchange.length, key.length, message, confirms ? ++sequence : 0);
            }
            return wrong;
        } catch (RefusedException refused) {
            return end.words(refused.refusal());
        }
    }

    /// What a connection's front would look at.
    private String wrongProperties(byte[] block) {
        try {
            properties.wrap(ByteBuffer.wrap(block), 0, block.length);
            properties.checkHeaders();
            properties.expirationMillis();
        } catch (MalformedException malformed) {
            return malformed.getMessage();
        }
        var user = end.session().user();
        return user == Permissions.BROKER || mayPublishAsAnother(user) ? "" : wrongUser(user);
    }

    private String wrongUser(User user) {
        return properties.userIdDiffersFrom(user.name().getBytes(StandardCharsets.UTF_8))
                ? "user_id property set to '%s' but authenticated user was '%s'"
                        .formatted(
                                properties
                                        .text(MessageProperties.Property.USER_ID)
                                        .orElse(""),
                                user.name())
                : "";
    }

    private static boolean mayPublishAsAnother(User user) {
        return user.tags().contains(IMPERSONATOR);
    }

    private void fail(String reason) {
        inbox.put(new Inbox.Event.Failed(reason));
        end(reason);
    }

    private synchronized void end(String reason) {
        closed = true;
        trouble = reason;
        notifyAll();
    }

    @Override
    public void confirmed(long sequence, boolean multiple) {
        inbox.put(new Inbox.Event.Confirmed(sequence, multiple));
    }

    @Override
    public void rejected(long sequence) {
        inbox.put(new Inbox.Event.Rejected(sequence, false));
    }
}
