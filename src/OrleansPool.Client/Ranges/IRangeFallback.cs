using OrleansPool.Grains;

namespace OrleansPool.Client.Ranges;

/// <summary>A range that can carry an operation out with everything that may be needed: waits, retries, a fresh page table.</summary>
internal interface IRangeFallback
{
    /// <summary>Pool of the range, for errors.</summary>
    string Pool { get; }

    /// <summary>Reads.</summary>
    ValueTask<int> ReadSlowlyAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>Writes.</summary>
    ValueTask WriteSlowlyAsync(long offset, ReadOnlyMemory<byte> source, ulong fence, CancellationToken cancellationToken);

    /// <summary>Compare-exchange or add.</summary>
    ValueTask<long> CombineSlowlyAsync(BlockWriteKind kind, long offset, long operand, long expected, ulong fence, CancellationToken cancellationToken);
}
