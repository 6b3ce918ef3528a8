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

    /// <summary>The epoch in which its primary logged it; with the sequence, its viewstamp.</summary>
    [FieldOffset(8)]
    public ulong Epoch;

    [FieldOffset(16)]
    public ulong Session;

    [FieldOffset(24)]
    public ulong Number;

    /// <summary>The value found, or the sum; the lock's fence, for FENCE.</summary>
    [FieldOffset(32)]
    public long Value;

    /// <summary>Where its bytes begin in the ring, counted since the log was made.</summary>
    [FieldOffset(40)]
    public long RingStart;

    /// <summary>The block written, or the head of the lease.</summary>
    [FieldOffset(48)]
    public int Block;

    /// <summary>First byte written in the block; how many blocks, for ALLOC.</summary>
    [FieldOffset(52)]
    public int Offset;

    [FieldOffset(56)]
    public int ByteLength;

    [FieldOffset(60)]
    public OperationKind Kind;

    [FieldOffset(61)]
    public OperationStatus Status;

    /// <summary>How far the request's number is ahead of the lowest unanswered one.</summary>
    [FieldOffset(62)]
    public byte Lead;

    /// <summary>Whether it is committed, which it may be before an earlier one on other blocks is.</summary>
    [FieldOffset(63)]
    public bool IsCommitted;

    public readonly RequestId Request => new(Session, Number, Number - Lead);

    /// <summary>Whether it is about bytes of one block: also a comparison that failed, whose result rests on them.</summary>
    public readonly bool TouchesBlock => Kind is OperationKind.Write or OperationKind.CompareExchange or OperationKind.Add;

    /// <summary>Whether its bytes are bytes of a block.</summary>
    public readonly bool ChangesBytes => ByteLength > 0 && TouchesBlock;

    /// <summary>Whether it changes a lease as a whole rather than bytes of one block.</summary>
    public readonly bool ChangesLease =>
        Kind is OperationKind.Free or OperationKind.Expire or OperationKind.Transfer or OperationKind.Keep or OperationKind.Fence;
}
