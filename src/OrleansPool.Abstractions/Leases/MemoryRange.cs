namespace OrleansPool;

/// <summary>
/// A range of fabric memory, wherever its bytes are: what leases and regions have in common. Offsets and lengths are in bytes.
/// </summary>
/// <remarks>
/// All members are thread-safe. <em>Atomic</em> is one operation inside one block; an operation that crosses a block's border is
/// carried out block by block, and others may see it half done. Buffers belong to the call until its task ends.
/// </remarks>
public abstract class MemoryRange : IAsyncDisposable
{
    /// <summary>Length of the range in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Size in bytes of the blocks behind the range: the unit of atomicity.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>Name of the pool that the memory belongs to.</summary>
    public abstract string Pool { get; }

    /// <summary>The nodes that hold the range's bytes, in order of their first byte, each once.</summary>
    public abstract IReadOnlyList<NodeId> Nodes { get; }

    /// <summary>Reads as much of the range as the buffer holds.</summary>
    /// <param name="offset">First byte to read, from 0 to <see cref="Length"/>.</param>
    /// <param name="destination">Where the bytes go; cleared if the read fails.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many bytes were read: less than asked only at the end of the range, 0 at its end.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative or past the end.</exception>
    /// <exception cref="LeaseExpiredException">The lease ran out.</exception>
    /// <exception cref="LeaseFencedException">The lease was freed or handed to another holder.</exception>
    /// <exception cref="PoolDataLossException">The node that held the bytes is gone.</exception>
    /// <exception cref="PoolUnavailableException">The node does not answer now.</exception>
    public abstract ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default);

    /// <summary>Reads without waiting, where the bytes are in this process.</summary>
    /// <param name="offset">First byte to read.</param>
    /// <param name="destination">Filled to its end on success, cleared otherwise.</param>
    /// <returns>
    /// True if all of <paramref name="destination"/> was filled. False if a byte of it is elsewhere, lies past the end, or may not
    /// be read any more: <see cref="ReadAsync"/> then tells.
    /// </returns>
    public abstract bool TryRead(long offset, Span<byte> destination);

    /// <summary>Writes bytes; acknowledged when the task ends.</summary>
    /// <param name="offset">First byte to write.</param>
    /// <param name="source">The bytes; all of them lie inside the range.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bytes do not lie inside the range.</exception>
    /// <exception cref="PoolAccessDeniedException">The token is read-only.</exception>
    /// <exception cref="LeaseExpiredException">The lease ran out.</exception>
    /// <exception cref="LeaseFencedException">The lease was freed or handed to another holder.</exception>
    /// <exception cref="PoolDataLossException">The node that held the bytes is gone.</exception>
    /// <exception cref="PoolIndeterminateException">It cannot be known whether the write happened.</exception>
    /// <exception cref="PoolUnavailableException">The node does not answer now.</exception>
    public abstract ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default);

    /// <summary>Atomically replaces an 8-byte little-endian integer if it has an expected value.</summary>
    /// <param name="offset">Where it is; a multiple of 8.</param>
    /// <param name="expected">The value that must be there.</param>
    /// <param name="desired">The value to put there.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <returns>The value found: equal to <paramref name="expected"/> exactly if the exchange took place.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The integer does not lie inside the range, or is not aligned.</exception>
    public abstract ValueTask<long> CompareExchangeAsync(
        long offset, long expected, long desired, CancellationToken cancellationToken = default);

    /// <summary>Atomically adds to an 8-byte little-endian integer; overflow wraps around.</summary>
    /// <param name="offset">Where it is; a multiple of 8.</param>
    /// <param name="addend">What to add.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <returns>The value after the addition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The integer does not lie inside the range, or is not aligned.</exception>
    public abstract ValueTask<long> AddAsync(long offset, long addend, CancellationToken cancellationToken = default);

    /// <summary>The range as a stream from its first byte, to read, write and seek; a region's can also be made longer or shorter.</summary>
    /// <remarks>
    /// <para>For one user at a time. Reads are never stale; writes are gathered, up to 64 KiB, until the stream is flushed or disposed, or reads, or
    /// writes elsewhere. Writing past the end of a region makes it longer (set the length ahead where you know it); a lease does not grow, and
    /// raises <see cref="NotSupportedException"/>. A region has at least one byte, so no shorter length can be set.</para>
    /// <para>Errors are those of the range, not wrapped: a stream whose lease is lost raises the lease's own error. The synchronous members may
    /// wait for other processes; they may be used in a grain, whose turn then waits.</para>
    /// </remarks>
    /// <param name="leaveOpen">Whether the range stays open when the stream is disposed.</param>
    public abstract Stream AsStream(bool leaveOpen = true);

    /// <summary>The range as a buffer writer, for serializers. It writes one byte after the other.</summary>
    /// <param name="offset">Where writing begins: from 0 to <see cref="Length"/>; in a region also further on.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative, or past the end of a lease.</exception>
    public abstract RangeWriter AsBufferWriter(long offset = 0);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
