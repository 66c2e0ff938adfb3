package io.headrace.log;

/// Where recovery found the end of the log.
///
/// @param file the last one, or null if the directory is fresh
/// @param position where the next block goes
/// @param nextSequence of the next block
/// @param lastRun the run that wrote last
/// @param nextOffsets by group
/// @param damaged the file has damage that was accepted: go on in another
record LogEnd(WalFile file, long position, long nextSequence, int lastRun, long[] nextOffsets, boolean damaged) {}
