package io.headrace.catalog;

import io.headrace.catalog.Decision.Change;
import io.headrace.catalog.Decision.Refused;
import java.nio.ByteBuffer;
import java.util.List;

/// Whether what an operator wrote can be kept: texts and values have no limits in JSON, and have some here. Asked
/// before it is logged, since what is in the log has to be readable for ever.
final class Storable {
    static final int BYTES_MAX = 1 << 20;

    private Storable() {}

    static <T> Decision<T> change(List<CatalogOperation> operations, T outcome) {
        try {
            int bytes = CatalogOperation.sizeBytes(operations);
            if (bytes > BYTES_MAX) {
                return new Refused<>(new Refusal.Malformed(
                        bytes + " bytes of definitions at once, where " + BYTES_MAX + " are allowed"));
            }
            ByteBuffer buffer = ByteBuffer.allocate(bytes);
            CatalogOperation.encode(operations, buffer, 0);
            CatalogOperation.decode(buffer, 0, bytes);
            return new Change<>(operations, outcome);
        } catch (IllegalArgumentException e) {
            return new Refused<>(new Refusal.Malformed(e.getMessage()));
        } catch (IllegalStateException e) { // written, but not to be read again
            return new Refused<>(new Refusal.Malformed(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
        }
    }
}
