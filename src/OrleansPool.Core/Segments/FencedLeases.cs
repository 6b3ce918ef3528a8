using System.Runtime.InteropServices;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>The lock fences of those leases of a segment on which one was ever set. Owned by the segment's executor.</summary>
internal sealed class FencedLeases(int blockBytes)
{
    private const int RecordHeaderWords = 3;

    private readonly Dictionary<int, LockFences> _leases = [];

    public IEnumerable<int> Heads => _leases.Keys;

    /// <summary>Whether a write may go on as far as its fence is concerned.</summary>
    public bool Permits(in Operation write, int byteCount) =>
        write.Fence == 0
        || (_leases.TryGetValue(write.Key.Head, out LockFences? fences) && fences.Permit(PositionOf(write), byteCount, write.Fence));

    /// <summary>Whether a FENCE on a lease's own bytes may be carried out.</summary>
    public OperationStatus Check(in Operation operation, out ulong newest)
    {
        newest = 0;
        ReadOnlySpan<ulong> earlier = EarlierOf(operation);
        if (operation.Fence == 0 || earlier.Length > LockFences.EarlierCountMax) return OperationStatus.OutOfBounds;
        if (operation.Operand == 0 || !_leases.TryGetValue(operation.Key.Head, out LockFences? fences)) return OperationStatus.Ok;
        long start = PositionOf(operation);
        return fences.Check(start, start + operation.Operand, operation.Fence, earlier, out newest);
    }

    /// <summary>Carries a FENCE out that was found Ok.</summary>
    /// <param name="head">The lease.</param>
    /// <param name="record">What <see cref="WriteRecord"/> wrote.</param>
    public void Apply(int head, ReadOnlySpan<byte> record)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(record);
        (ulong fence, long byteCount, long start) = (words[0], (long)words[1], (long)words[2]);
        ReadOnlySpan<ulong> earlier = words[RecordHeaderWords..];
        if (!_leases.TryGetValue(head, out LockFences? fences)) _leases[head] = fences = new LockFences();
        if (byteCount == 0) fences.Prune(earlier, fence);
        else fences.Set(start, start + byteCount, fence, earlier);
    }

    /// <summary>Bytes that the log keeps of a FENCE.</summary>
    public static int RecordBytesFor(in Operation operation) => (RecordHeaderWords * sizeof(ulong)) + operation.Bytes.Length;

    /// <summary>What the log keeps of a FENCE: fence | byte count | first byte's position | earlier fences, 8 bytes each.</summary>
    public void WriteRecord(in Operation operation, Span<byte> record)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(record);
        (words[0], words[1], words[2]) = (operation.Fence, (ulong)operation.Operand, (ulong)PositionOf(operation));
        EarlierOf(operation).CopyTo(words[RecordHeaderWords..]);
    }

    /// <summary>A lease has ended.</summary>
    public void Forget(int head) => _leases.Remove(head);

    /// <summary>Writes all fences.</summary>
    public void WriteTo(SnapshotWriter writer)
    {
        writer.Write((long)_leases.Count);
        foreach ((int head, LockFences fences) in _leases)
        {
            writer.Write((long)head);
            fences.WriteTo(writer);
        }
    }

    /// <summary>Reads what another replica wrote.</summary>
    public void ReadFrom(SnapshotReader reader)
    {
        for (long left = reader.ReadInt64(); left > 0; left--)
        {
            var fences = new LockFences();
            _leases.Add((int)reader.ReadInt64(), fences);
            fences.ReadFrom(reader);
        }
    }

    public void CheckIntegrity()
    {
        foreach (LockFences fences in _leases.Values) fences.CheckIntegrity();
    }

    private static ReadOnlySpan<ulong> EarlierOf(in Operation operation) => MemoryMarshal.Cast<byte, ulong>(operation.Bytes.Span);

    private long PositionOf(in Operation operation) => ((long)operation.Block * blockBytes) + operation.Offset;
}
