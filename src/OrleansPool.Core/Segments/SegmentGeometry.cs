using System.Runtime.CompilerServices;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Segments;

/// <summary>
/// The sizes of one segment, as sums one can read:
/// <code>
/// frame bytes    = block count * block bytes
/// metadata bytes = block count * (block row + lease row) + bitmap
/// log bytes      = log entry count * log entry + log ring
/// </code>
/// Frames are one slice of the arena; metadata and log are another.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SegmentGeometry
{
    /// <summary>Most blocks that a segment may have: 64 MiB of 64 B blocks.</summary>
    public const int BlockCountMax = 1 << 20;

    /// <summary>Most bytes of frames that a segment may have.</summary>
    public const long FrameBytesMax = 64L << 20;

    private const int LogRingShare = 128;
    private const int LogRingBlocksMin = 2;
    private const int LogRingBytesMin = 4096;
    private const int LogEntryShare = 8;
    private const int LogEntryCountMin = 16;
    private const int LogEntryCountMax = 4096;

    /// <summary>Works the sizes out.</summary>
    /// <param name="blockBytes">Size of a block: a power of two from 64 B to 1 MiB.</param>
    /// <param name="blockCount">How many blocks, from 1 to <see cref="BlockCountMax"/>.</param>
    /// <exception cref="ArgumentException">A size is out of its limits.</exception>
    public SegmentGeometry(int blockBytes, int blockCount)
    {
        BlockSizes.Validate(blockBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockCount, BlockCountMax);
        BlockBytes = blockBytes;
        BlockCount = blockCount;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FrameBytes, FrameBytesMax, nameof(blockCount));
        LogRingBytes = (int)Math.Max(Math.Max(FrameBytes / LogRingShare, (long)LogRingBlocksMin * blockBytes), LogRingBytesMin);
        LogEntryCount = Math.Clamp(blockCount / LogEntryShare, LogEntryCountMin, LogEntryCountMax);
    }

    /// <summary>Size of a block in bytes.</summary>
    public int BlockBytes { get; }

    /// <summary>How many blocks.</summary>
    public int BlockCount { get; }

    /// <summary>Bytes of all blocks.</summary>
    public long FrameBytes => (long)BlockBytes * BlockCount;

    /// <summary>Bytes of block rows, lease rows and bitmap.</summary>
    public long MetadataBytes => ((long)BlockCount * (BlockRow.ByteCount + LeaseRow.ByteCount)) + BitmapBytes;

    /// <summary>Bytes of the operation log: entries and ring.</summary>
    public long LogBytes => ((long)LogEntryCount * Unsafe.SizeOf<LogEntry>()) + LogRingBytes;

    internal int LogEntryCount { get; }

    internal int LogRingBytes { get; }

    internal int BitmapBytes => BlockBitmap.WordCountFor(BlockCount) * sizeof(ulong);

    internal long LeaseRowsAt => (long)BlockCount * BlockRow.ByteCount;

    internal long BitmapAt => Align(LeaseRowsAt + ((long)BlockCount * LeaseRow.ByteCount));

    internal long LogEntriesAt => Align(BitmapAt + BitmapBytes);

    internal long LogRingAt => Align(LogEntriesAt + ((long)LogEntryCount * Unsafe.SizeOf<LogEntry>()));

    /// <summary>Bytes of the slice that holds metadata and log.</summary>
    public long BookBytes => Align(LogRingAt + LogRingBytes);

    private static long Align(long bytes) => (bytes + 63) & ~63L;
}
