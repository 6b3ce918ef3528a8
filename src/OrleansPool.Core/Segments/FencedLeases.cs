using System.Runtime.InteropServices;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>The lock fences of those leases of a segment on which one was ever set. Owned by the segment's executor.</summary>
internal sealed class FencedLeases(int blockBytes)
{
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
    public void Apply(in Operation operation)
    {
        long start = PositionOf(operation);
        if (!_leases.TryGetValue(operation.Key.Head, out LockFences? fences)) _leases[operation.Key.Head] = fences = new LockFences();
        if (operation.Operand == 0) fences.Prune(EarlierOf(operation), operation.Fence);
        else fences.Set(start, start + operation.Operand, operation.Fence, EarlierOf(operation));
    }

    /// <summary>A lease has ended.</summary>
    public void Forget(int head) => _leases.Remove(head);

    public void CheckIntegrity()
    {
        foreach (LockFences fences in _leases.Values) fences.CheckIntegrity();
    }

    private static ReadOnlySpan<ulong> EarlierOf(in Operation operation) => MemoryMarshal.Cast<byte, ulong>(operation.Bytes.Span);

    private long PositionOf(in Operation operation) => ((long)operation.Block * blockBytes) + operation.Offset;
}
