package io.headrace.log;

/// One write-ahead file.
///
/// Threads: the writer moves [#end]; readers read below it.
final class WalFile extends Home {
    static final String DIRECTORY = "wal";
    static final String SUFFIX = ".wal";
    /// Groups that one log can hold.
    static final int GROUPS_MAX = 16;

    final int number;
    final long sizeBytes;
    final WalIndex index = new WalIndex();
    /// Blocks lie below; what lies above is stale or zero. Minus one: not known yet (an old file nobody has
    /// read).
    volatile long end;

    private final StorageFile file;

    WalFile(int number, StorageFile file, long sizeBytes) {
        this.number = number;
        this.file = file;
        this.sizeBytes = sizeBytes;
    }

    @Override
    StorageFile file() {
        return file;
    }

    String path() {
        return path(number);
    }

    static String path(int number) {
        return Numbered.name(DIRECTORY + "/", number, SUFFIX);
    }
}
