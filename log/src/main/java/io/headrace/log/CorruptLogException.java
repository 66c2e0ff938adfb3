package io.headrace.log;

import java.io.IOException;

/// What was once forced to the device is not there any more, or not what was written.
public final class CorruptLogException extends IOException {
    private static final long serialVersionUID = 1L;

    public CorruptLogException(String message) {
        super(message);
    }
}
