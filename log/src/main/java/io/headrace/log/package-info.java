/// Bytes on disk, and what survives a crash.
///
/// ```text
///  any loop                 log-writer-0 and -1                                 any loop
///  CommitLog.append ─► EntryQueue ─► Flight: block ─► force ─► Listener.committed ─► confirms
///      (offset)                         │                                        │
///                                 wal/0000000042.wal          EntryReader ◄──────┘ what left memory
///  checkpointing thread                 │
///  Checkpoints.write ─► Reclaim.live ───┴─► recycled, or cleaned into cold/
/// ```
/// Start with [HeadraceLog], which is the wiring, then [LocalCommitter] (when is what written and forced),
/// [WalWriter] (where blocks go, and in which order they count), [Flight] (one of them), [Recovery] (a torn tail
/// or corruption?), [FileReclaim] and [Cleaner] (what may go).
///
/// Relies on: the JDK; a [Storage] whose force tells the truth.
///
/// Promises: what was reported as committed is found again after any crash, at the same offset, once, in
/// order; what was not reported may be found or not; nothing else is. Bytes that are read back are those
/// that were appended, or reading fails. A failed write or force stops the log. Checked by
/// `LogSimulationTest` on a lying disk.
///
/// Not here: what entries mean (`io.headrace.shard` and above).
///
/// ## The data directory
/// ```text
///  lock      process id and host of the holder; the lock itself is the operating system's
///  wal/      0000000042.wal    blocks of entries, all groups interleaved; filled with zeros ahead of need
///            spare.new         being filled
///  cold/     0000000007.cold   survivors of cleaned WAL files
///            cold.new          being written
///  meta/     checkpoint-0000000003, and the one before
///            checkpoint.new    being written
///  idx/      0000000000.idx    queue index pages
/// ```
/// Names that end in `.new` mean nothing. All numbers are big-endian; every checksum is CRC32C.
///
/// ## WAL file
/// A file's number is its extent's: it only grows. A file that is free is renamed to the next number and
/// written again from the start; its old blocks carry the old number. The first block of a file tells the
/// next offset of each group (slots of type NEXT), and is written after everything in the file before has
/// been forced.
/// ```text
///  | block | pad | block | pad | ...        blocks begin at multiples of 512
/// ```
/// Writes go past the system's cache in units of 4096 bytes, so the end of one block is written once more,
/// unchanged, with the beginning of the next, see [BlockBuffer]. A large block has such a unit to itself: its length
/// counts the zeros up to the end of it, and the next may be written at the same time. Pads are zero.
///
/// Block:
/// ```text
///  byte  field
///  0     magic         int32   HRWB
///  4     headCrc       uint32  from byte 8 to the end of the directory
///  8     version       int16   1
///  10    -             int16   0
///  12    slotCount     int32
///  16    sequence      int64   one more than the block before, over all files and runs
///  24    forced        int64   the greatest sequence that was on the device when this block was written
///  32    file          int32   the number in the file's name
///  36    run           int32   one more at each start of the log
///  40    length        int32   of the block, from byte 0, zeros at its end included
///  44    -             20      0
///  64    directory     slotCount × 32
///          0   offset    int64  the entry's first
///          8   group     int16
///          10  type      int8   1 DATA, 2 TRUNC, 3 CHECKPOINT, 4 REF (2 to 4 reserved), 5 NEXT
///          11  -         int8   0
///          12  epoch     int32
///          16  position  int32  of the entry, from byte 0 of the block; a multiple of 8
///          20  length    int32
///          24  crc       uint32 the entry's own (see EntryFrame), so each byte is summed once
///          28  -         int32  0
///  ...   entries, as EntryFrame draws them; bytes between them are arbitrary
/// ```
/// A block is whole if headCrc holds and the crc of each entry does. It belongs to the log if its file is
/// the one it lies in, its sequence is the next, and its run is that of the block before, or greater if it
/// has only NEXT slots. A start of the log writes such a block, with the next run, and forces it before
/// anything else: so nothing that an earlier run left behind the end can come back.
///
/// The first block that is not there ends the log, unless a later one (of the same run or a later one)
/// names a `forced` that reaches it: then it was on the device once, and the start is refused, see
/// [OnCorruption].
///
/// An entry never crosses a file, so it is at most as long as a WAL file less 2 KiB.
///
/// ## Cold file
/// ```text
///  records, by group and location, at multiples of 8
///    0   location  int64    24  the bytes
///    8   group     int32
///    12  length    int32
///    16  crc       uint32
///    20  -         int32
///  points, one in 64 KiB:   group int32, - int32, location int64, position int64
///  extents:                 number int32, - int32, 16 × (first offset int64, end offset int64)
///  footer, 32 bytes:        magic HRWS, version int32, points int32, extents int32, - 12, crc uint32
///                           of everything after the records
/// ```
/// The greatest number that names an extent is its home, even while the WAL file is still there.
///
/// ## Checkpoint
/// ```text
///  0   magic    int32  HRWC         16  - 16
///  4   headCrc  uint32 from byte 8  32  sections, 24 bytes each:
///  8   version  int16                     0   group          int32
///  10  clean    int16  1 if the log       4   length         int32
///                      was closed after   8   appliedOffset  int64
///  12  sections int32                     16  crc            uint32 of the snapshot
///                                         20  appliedEpoch   int32  of the entry at appliedOffset
///                                   ... the snapshots, in the order of the sections
/// ```
/// It gets its name only after everything that was appended before is committed: a snapshot holds effects
/// of entries that may not be on the device yet.
///
/// ## Index block
/// ```text
///  0   magic int32 HRWI, number int32, length int32, crc uint32, - 16;  32  payload of up to 66,112 bytes
/// ```
/// 1024 blocks of 66,560 bytes to a file.
package io.headrace.log;
