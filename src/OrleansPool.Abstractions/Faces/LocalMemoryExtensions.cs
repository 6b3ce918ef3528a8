using System.Buffers;

namespace OrleansPool;

/// <summary>From local memory to fabric memory.</summary>
/// <remarks>Thread-safe. The owner keeps its local memory, and may use it again once the task has ended.</remarks>
public static class LocalMemoryExtensions
{
    /// <summary>Copies bytes of this process into a new lease, which any process may open.</summary>
    /// <param name="fabric">The fabric.</param>
    /// <param name="pool">Name of the pool.</param>
    /// <param name="bytes">The bytes, more than none: an array, an <see cref="IMemoryOwner{T}"/>'s memory, part of a reserved block.</param>
    /// <param name="options">How to lease; <see cref="LeaseOptions.Default"/> when null.</param>
    /// <param name="cancellationToken">Stops waiting; what was leased is then given back.</param>
    /// <returns>A handle that owns the lease, as long as the bytes.</returns>
    /// <exception cref="PoolExhaustedException">There is too little free memory where the options allow.</exception>
    public static async ValueTask<MemoryLease> PublishAsync(
        this IMemoryFabric fabric, string pool, ReadOnlyMemory<byte> bytes, LeaseOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fabric);
        MemoryLease lease = await fabric.LeaseAsync(pool, bytes.Length, options, cancellationToken);
        try
        {
            await lease.WriteAsync(0, bytes, cancellationToken);
            return lease;
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    /// <summary>Copies a reserved block into a new lease: see <see cref="PublishAsync(IMemoryFabric, string, BlockReservation, IReadOnlyList{LocalBlock}, long?, LeaseOptions?, CancellationToken)"/>.</summary>
    public static ValueTask<MemoryLease> PublishAsync(
        this IMemoryFabric fabric, string pool, BlockReservation reservation, LocalBlock block, LeaseOptions? options = null,
        CancellationToken cancellationToken = default) =>
        fabric.PublishAsync(pool, reservation, [block], null, options, cancellationToken);

    /// <summary>Copies reserved blocks, one after the other, into one new lease, which any process may open: one copy, in one call to its node
    /// (of at most 1 MiB; then several).</summary>
    /// <param name="fabric">The fabric.</param>
    /// <param name="pool">Name of the pool.</param>
    /// <param name="reservation">What the blocks were taken from.</param>
    /// <param name="blocks">The blocks, at least one; each is pinned until the task ends, so returning it early harms nothing.</param>
    /// <param name="bytes">How many of their bytes; all of them when null.</param>
    /// <param name="options">How to lease; <see cref="LeaseOptions.Default"/> when null.</param>
    /// <param name="cancellationToken">Stops waiting; what was leased is then given back.</param>
    /// <returns>A handle that owns the lease.</returns>
    /// <exception cref="ArgumentException">There is no block, or the blocks do not hold so many bytes.</exception>
    /// <exception cref="LeaseFencedException">A block was returned before.</exception>
    /// <exception cref="PoolExhaustedException">There is too little free memory where the options allow.</exception>
    public static async ValueTask<MemoryLease> PublishAsync(
        this IMemoryFabric fabric, string pool, BlockReservation reservation, IReadOnlyList<LocalBlock> blocks, long? bytes = null,
        LeaseOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fabric);
        ArgumentNullException.ThrowIfNull(reservation);
        ArgumentNullException.ThrowIfNull(blocks);
        long held = (long)blocks.Count * reservation.BlockBytes;
        if (blocks.Count == 0) throw new ArgumentException("There is no block to publish.", nameof(blocks));
        if (bytes is < 1 || bytes > held)
        {
            throw new ArgumentOutOfRangeException(
                nameof(bytes), bytes, $"{blocks.Count} blocks of {reservation.BlockBytes} bytes hold {held} bytes: 1 to so many can be published.");
        }

        List<MemoryHandle> pins = [];
        MemoryLease? lease = null;
        bool isDone = false;
        try
        {
            long length = bytes ?? held;
            List<(long Offset, ReadOnlyMemory<byte> Bytes)> parts = [];
            for (int i = 0; (long)i * reservation.BlockBytes < length; i++)
            {
                long offset = (long)i * reservation.BlockBytes;
                Memory<byte> part = reservation.GetMemory(blocks[i]);
                pins.Add(part.Pin());
                parts.Add((offset, part[..(int)Math.Min(part.Length, length - offset)]));
            }

            lease = await fabric.LeaseAsync(pool, length, options, cancellationToken);
            foreach ((long Offset, ReadOnlyMemory<byte> Bytes)[] batch in parts.Chunk(IMemoryFabric.BatchCountMax))
            {
                WriteItem[] items = Array.ConvertAll(batch, part => new WriteItem(lease, part.Offset, part.Bytes));
                foreach (BatchOutcome outcome in await fabric.WriteManyAsync(items, cancellationToken)) outcome.ThrowIfFailed();
            }

            isDone = true;
            return lease;
        }
        finally
        {
            foreach (MemoryHandle pin in pins) pin.Dispose();
            if (!isDone && lease is not null) await lease.DisposeAsync();
        }
    }
}
