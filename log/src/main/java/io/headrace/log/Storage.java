package io.headrace.log;

import java.io.IOException;
import java.util.List;

/// The files of one data directory, and the only door to them: nothing above opens a file itself.
///
/// Paths are relative, with `/`, below the directory (`wal/0000000042.wal`). Two implementations:
/// [FileStorage] on a real file system, and `LyingStorage` in the tests, which loses, tears and reorders
/// from a seed whatever was not forced.
///
/// Threads: any; a single [StorageFile] says for itself.
public interface Storage extends AutoCloseable {
    /// Creates `path`, which must not exist, and its parent folders. The name is durable only after
    /// [#forceDirectory(String)] on the parent.
    StorageFile create(String path) throws IOException;

    /// Opens an existing file for reading and writing.
    StorageFile open(String path) throws IOException;

    /// Like [#create], for a file that is hardly read again once it is written: where the file system can, whole
    /// blocks of [StorageFile#DIRECT_BYTES] go from our memory to the device without a copy in its cache. A single
    /// buffer must be of such; several, gathered, may begin and end anywhere.
    StorageFile createDirect(String path) throws IOException;

    /// Like [#open], for a file as [#createDirect] makes them.
    StorageFile openDirect(String path) throws IOException;

    boolean exists(String path) throws IOException;

    /// Names (not paths) of the files in `directory`, sorted; empty if there is no such folder.
    List<String> list(String directory) throws IOException;

    /// Atomically gives `from` the name `to`, replacing what had it.
    void rename(String from, String to) throws IOException;

    void delete(String path) throws IOException;

    /// Makes creations, renames and deletions in `directory` durable.
    void forceDirectory(String directory) throws IOException;

    /// Bytes that could still be written to this file system by us.
    long usableBytes() throws IOException;

    /// Bytes that this file system has room for, whoever they belong to.
    long totalBytes() throws IOException;

    @Override
    void close() throws IOException;
}
