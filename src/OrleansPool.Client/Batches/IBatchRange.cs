using OrleansPool.Client.Fabric;
using OrleansPool.Client.Ranges;

namespace OrleansPool.Client.Batches;

/// <summary>A range of which a batch may use the map itself. Thread-safe.</summary>
internal interface IBatchRange
{
    /// <summary>The fabric that it belongs to: a batch of another one leaves the range to its own members.</summary>
    FabricContext Context { get; }

    /// <summary>The map at hand; throws what the range's own members throw when it cannot be used.</summary>
    ExtentMap MapFor(bool isWrite);

    /// <summary>The number of a lock's fence, zero for none; throws what the range's own members throw when it is not of this range.</summary>
    ulong NumberOf(LockFence fence);

    /// <summary>Looks the map up again after the memory's owner refused it.</summary>
    /// <returns>A map that differs; null if there is none.</returns>
    ValueTask<ExtentMap?> TryRefreshAsync(ExtentMap refused, CancellationToken cancellationToken);
}
