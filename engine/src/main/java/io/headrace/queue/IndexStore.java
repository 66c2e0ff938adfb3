package io.headrace.queue;

import io.headrace.log.OutOfSpaceException;
import io.headrace.log.PageFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/// Where index pages go that memory has no room for, and how many may stay.
///
/// A page is written whole to a fresh block and read back whole, on the loop: 64 KiB for 4096 messages. A
/// block that a checkpoint may name is given back only when a later checkpoint is durable.
///
/// Threads: the loop.
final class IndexStore {
    private final PageFile file;
    private final int residentMax;
    private final int residentExpiringMax;
    private final Expiries expiries = new Expiries();
    private final DueSoon soon = new DueSoon();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(IndexPage.BLOCK_BYTES);
    private final BitSet freedSinceCapture = new BitSet();
    private final BitSet freedBeforeCapture = new BitSet();
    private int resident;

    IndexStore(PageFile file, int residentMax) {
        this(file, residentMax, residentMax);
    }

    /// @param residentMax full pages kept in memory, over all queues
    /// @param residentExpiringMax pages in which something expires stay up to this number: each message
    ///     that goes at its time needs its page, whatever the order
    IndexStore(PageFile file, int residentMax, int residentExpiringMax) {
        this.file = file;
        this.residentMax = residentMax;
        this.residentExpiringMax = residentExpiringMax;
    }

    Expiries expiries() {
        return expiries;
    }

    DueSoon soon() {
        return soon;
    }

    /// Whether a page should go to make room.
    boolean full(PageSlot slot) {
        return resident > residentMax
                && (resident > residentExpiringMax || !slot.page.hasExpiries() && slot.delayed == 0);
    }

    void enter() {
        resident++;
    }

    void leave() {
        resident--;
    }

    /// Writes the page unless its block is current, but for messages that left: of a page whose messages leave one by
    /// one, which may be every page of a long queue, the rest stays as it was.
    void save(PageSlot slot) {
        if (slot.block >= 0 && !slot.changed) {
            return;
        }
        free(slot);
        try {
            buffer.clear();
            slot.page.write(buffer);
            slot.block = file.write(buffer.flip());
            if (slot.page.hasExpiries()) {
                buffer.clear();
                slot.page.writeExpiries(buffer);
                slot.expiryBlock = file.write(buffer.flip());
            }
            if (slot.page.hasRetries()) {
                buffer.clear();
                slot.page.writeRetries(buffer);
                slot.retryBlock = file.write(buffer.flip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a queue index page", e);
        }
        slot.changed = false;
        slot.left = false;
    }

    /// Moves the page out of memory; on a full disk it stays, which costs memory and loses nothing.
    void spill(PageSlot slot) {
        try {
            save(slot);
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof OutOfSpaceException) {
                return;
            }
            throw e;
        }
        slot.remaining = slot.stillAlive();
        slot.page = null;
        resident--;
    }

    void load(PageSlot slot) {
        try {
            buffer.clear();
            file.read(slot.block, buffer);
            var page = IndexPage.read(buffer.flip());
            if (slot.expiryBlock >= 0) {
                buffer.clear();
                file.read(slot.expiryBlock, buffer);
                page.readExpiries(buffer.flip());
            }
            if (slot.retryBlock >= 0) {
                buffer.clear();
                file.read(slot.retryBlock, buffer);
                page.readRetries(buffer.flip());
            }
            slot.loaded(page);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read a queue index page", e);
        }
        if (slot.dropTransients) {
            slot.page.clearTransients();
            slot.dropTransients = false;
            slot.left = true;
        }
        resident++;
    }

    void free(PageSlot slot) {
        if (slot.block >= 0) {
            freedSinceCapture.set(slot.block);
            slot.block = -1;
        }
        if (slot.expiryBlock >= 0) {
            freedSinceCapture.set(slot.expiryBlock);
            slot.expiryBlock = -1;
        }
        if (slot.retryBlock >= 0) {
            freedSinceCapture.set(slot.retryBlock);
            slot.retryBlock = -1;
        }
    }

    void restored(PageSlot slot) {
        restored(slot.block);
        if (slot.expiryBlock >= 0) {
            restored(slot.expiryBlock);
        }
        if (slot.retryBlock >= 0) {
            restored(slot.retryBlock);
        }
    }

    private void restored(int block) {
        freedSinceCapture.clear(block); // by what was discarded before
        freedBeforeCapture.clear(block);
        file.inUse(block);
    }

    /// A checkpoint was captured: what is freed from now on may be named by it.
    void captured() {
        freedBeforeCapture.or(freedSinceCapture);
        freedSinceCapture.clear();
    }

    /// The checkpoint of the last [#captured] is durable.
    void checkpointed() {
        freedBeforeCapture.stream().forEach(file::free);
        freedBeforeCapture.clear();
        file.checkpointed();
    }
}
