package io.headrace.amqp;

import io.headrace.shard.Loop;

/// Heartbeats both ways (AMQP 0-9-1 §4.2.7, as RabbitMQ does it): every half interval one is sent if
/// nothing else was; every interval we look whether anything arrived, and after two silent looks the peer
/// is gone.
///
/// Threads: the loop of its connection.
final class Heartbeats {
    private static final int SILENT_LOOKS_MAX = 2;

    private final Loop loop;
    private final Output output;
    private final FrameWriter frames;
    private final InputGate gate;
    private final Runnable peerIsGone;
    private final Runnable tick = this::tick;
    private long halfMillis; // 0: off
    private Loop.Timer timer;
    private long sentAtLastTick;
    private boolean heard;
    private boolean lookNow;
    private int silentLooks;

    Heartbeats(Loop loop, Output output, FrameWriter frames, InputGate gate, Runnable peerIsGone) {
        this.loop = loop;
        this.output = output;
        this.frames = frames;
        this.gate = gate;
        this.peerIsGone = peerIsGone;
    }

    void start(int seconds) {
        halfMillis = seconds * 500L;
        if (halfMillis > 0) {
            timer = loop.schedule(halfMillis, tick);
        }
    }

    /// Bytes arrived.
    void heard() {
        heard = true;
    }

    private void tick() {
        if (halfMillis == 0) {
            return;
        }
        timer = loop.schedule(halfMillis, tick);
        if (output.sentBytes() == sentAtLastTick) {
            frames.heartbeat();
        }
        sentAtLastTick = output.sentBytes();
        lookNow = !lookNow;
        if (!lookNow) {
            look();
        }
    }

    private void look() {
        // while we do not read, silence says nothing about the peer
        silentLooks = heard || !gate.open() ? 0 : silentLooks + 1;
        heard = false;
        if (silentLooks == SILENT_LOOKS_MAX) {
            peerIsGone.run();
        }
    }

    void stop() {
        halfMillis = 0;
        if (timer != null) {
            timer.cancel();
        }
    }
}
