using System.Runtime.InteropServices;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>One input of a segment. Which members matter depends on the kind; make one with the factory of that kind.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct Operation
{
    /// <summary>What to do.</summary>
    public OperationKind Kind { get; init; }

    /// <summary>The request, so that a retry gets the first result; none for a caller that never retries.</summary>
    public RequestId Request { get; init; }

    /// <summary>The caller's right.</summary>
    public LeaseKey Key { get; init; }

    /// <summary>The block to change, for writes; how many blocks, for ALLOC; where to begin, for LIST LEASES.</summary>
    public int Block { get; init; }

    /// <summary>First byte in the block; how many leases at most, for LIST LEASES.</summary>
    public int Offset { get; init; }

    /// <summary>The bytes to write. They belong to the segment until the operation is complete.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The desired value, or the addend; the lower half of the trace, for ALLOC; the order, for LIST LEASES.</summary>
    public long Operand { get; init; }

    /// <summary>The fence of the lock under which bytes are written; zero for none. For FENCE: of the lock that is granted.</summary>
    public ulong Fence { get; init; }

    /// <summary>The value that must be there; the upper half of the trace, for ALLOC.</summary>
    public long Expected { get; init; }

    /// <summary>How long a lease lives without renewal.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The owner label of ALLOC, the region of KEEP.</summary>
    public string? Label { get; init; }

    internal UInt128 Trace => new((ulong)Expected, (ulong)Operand);

    /// <summary>Who is told the result, if it does not come at once.</summary>
    public IOperationCompletion? Completion { get; init; }

    /// <summary>Takes blocks.</summary>
    public static Operation Alloc(int blockCount, TimeSpan duration, string owner, RequestId request = default, UInt128 trace = default) =>
        new()
        {
            Kind = OperationKind.Alloc,
            Block = blockCount,
            Duration = duration,
            Label = owner,
            Request = request,
            Operand = (long)(ulong)trace,
            Expected = (long)(ulong)(trace >> 64),
        };

    /// <summary>An operation on a lease as a whole: FREE, TRANSFER, RENEW or INSPECT.</summary>
    public static Operation OnLease(OperationKind kind, LeaseKey key, RequestId request = default) =>
        new() { Kind = kind, Key = key, Request = request };

    /// <summary>Makes a lease last until it is freed.</summary>
    public static Operation Keep(LeaseKey key, string region, RequestId request = default) =>
        new() { Kind = OperationKind.Keep, Key = key, Label = region, Request = request };

    /// <summary>Writes bytes of one block.</summary>
    public static Operation Write(LeaseKey key, int block, int offset, ReadOnlyMemory<byte> bytes, RequestId request = default) =>
        new() { Kind = OperationKind.Write, Key = key, Block = block, Offset = offset, Bytes = bytes, Request = request };

    /// <summary>Replaces 8 aligned bytes if they have an expected value.</summary>
    public static Operation CompareExchange(LeaseKey key, int block, int offset, long expected, long desired, RequestId request = default) =>
        new()
        {
            Kind = OperationKind.CompareExchange,
            Key = key,
            Block = block,
            Offset = offset,
            Expected = expected,
            Operand = desired,
            Request = request,
        };

    /// <summary>Adds to 8 aligned bytes.</summary>
    public static Operation Add(LeaseKey key, int block, int offset, long addend, RequestId request = default) =>
        new() { Kind = OperationKind.Add, Key = key, Block = block, Offset = offset, Operand = addend, Request = request };

    /// <summary>Lists leases whose first block is among the next <see cref="Segment.SweepBlockCountMax"/>.</summary>
    /// <param name="from">Where to begin; the value of the result tells where to go on, or 0 at the end.</param>
    /// <param name="order">Which leases stand out.</param>
    /// <param name="countMax">How many at most.</param>
    public static Operation ListLeases(int from, LeaseOrder order, int countMax) =>
        new() { Kind = OperationKind.ListLeases, Block = from, Offset = countMax, Operand = (long)order };

    /// <summary>
    /// Lets through, on some bytes of a lease, only writes with the fence of the lock that is being granted there or of those that
    /// share the bytes with it; and writes without a fence.
    /// </summary>
    /// <param name="key">The owner's right.</param>
    /// <param name="block">The first block.</param>
    /// <param name="offset">First byte in the first block.</param>
    /// <param name="byteCount">How many bytes; they may go on in the blocks that follow. Zero: forget the fences of locks that have
    /// ended, which are all up to <paramref name="fence"/> but <paramref name="earlier"/>.</param>
    /// <param name="fence">The fence.</param>
    /// <param name="earlier">Earlier fences that go on being let through.</param>
    public static Operation SetFence(LeaseKey key, int block, int offset, int byteCount, ulong fence, ReadOnlySpan<ulong> earlier) =>
        new()
        {
            Kind = OperationKind.Fence,
            Key = key,
            Block = block,
            Offset = offset,
            Fence = fence,
            Operand = byteCount,
            Bytes = MemoryMarshal.AsBytes(earlier).ToArray(),
        };

    /// <summary>An operation without arguments: OPEN SESSION, SWEEP, LIST KEPT or CLOSE.</summary>
    public static Operation Plain(OperationKind kind) => new() { Kind = kind };
}
