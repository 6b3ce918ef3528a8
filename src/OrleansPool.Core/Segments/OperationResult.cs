using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>How an operation ended.</summary>
/// <param name="Status">Ok, Mismatch, or why not.</param>
/// <param name="Sequence">The operation's place in the stream; 0 if it took none.</param>
/// <param name="Value">The value found by a compare-exchange; the sum after an addition; the session of an open; where a listing goes on;
/// the newest fence found by FENCE.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct OperationResult(OperationStatus Status, ulong Sequence = 0, long Value = 0)
{
    /// <summary>The lease, for operations on leases.</summary>
    public LeaseView Lease { get; init; }

    /// <summary>The kept leases, for LIST KEPT.</summary>
    public KeptLease[]? Kept { get; init; }

    /// <summary>The leases that stand out, in no order, for LIST LEASES.</summary>
    public ListedLease[]? Listed { get; init; }
}
