package io.headrace.log;

import java.io.IOException;

/// The device is full. Unlike other I/O errors it is expected to pass.
public final class OutOfSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    public OutOfSpaceException(String message, Throwable cause) {
        super(message, cause);
    }
}
