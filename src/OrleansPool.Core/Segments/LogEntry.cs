using System.Runtime.InteropServices;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>One operation of the stream with its result, 64 bytes; its bytes are in the log's ring.</summary>
[StructLayout(LayoutKind.Explicit, Size = ByteCount)]
internal struct LogEntry
{
    public const int ByteCount = 64;

    [FieldOffset(0)]
    public ulong Sequence;

    [FieldOffset(8)]
    public ulong Session;

    [FieldOffset(16)]
    public ulong Number;

    /// <summary>The value found, or the sum.</summary>
    [FieldOffset(24)]
    public long Value;

    /// <summary>Where its bytes begin and end in the ring, counted since the log was made.</summary>
    [FieldOffset(32)]
    public long RingStart;

    [FieldOffset(40)]
    public long RingEnd;

    /// <summary>The block written, or the head of the lease.</summary>
    [FieldOffset(48)]
    public int Block;

    /// <summary>First byte written in the block; how many blocks, for ALLOC.</summary>
    [FieldOffset(52)]
    public int Offset;

    [FieldOffset(56)]
    public OperationKind Kind;

    [FieldOffset(57)]
    public OperationStatus Status;

    public readonly int ByteLength => (int)(RingEnd - RingStart);
}
