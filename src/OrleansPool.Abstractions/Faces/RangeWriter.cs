using System.Buffers;

namespace OrleansPool;

/// <summary>
/// Fabric memory as an <see cref="IBufferWriter{T}"/>, for serializers: bytes are gathered in a bounded buffer and written one after the other.
/// Get it from <see cref="MemoryRange.AsBufferWriter"/>.
/// </summary>
/// <remarks>
/// <para>For one user at a time. What was advanced over is in the fabric once a flush has ended; disposing flushes, and leaves the lease or region
/// open. A flush that fails keeps what it could not write, so flushing again goes on; writing the same bytes twice changes nothing.</para>
/// <para>The interface is synchronous: <see cref="GetSpan"/> and <see cref="GetMemory"/> flush when the buffer is full, and then wait as
/// <see cref="Flush"/> does. Flush in time with <see cref="FlushAsync"/> to avoid that.</para>
/// </remarks>
public abstract class RangeWriter : IBufferWriter<byte>, IAsyncDisposable, IDisposable
{
    /// <summary>Largest buffer that can be asked for in one piece, in bytes: 16 MiB.</summary>
    public const int SizeHintMax = 16 << 20;

    /// <summary>Where in the range the next byte goes.</summary>
    public abstract long Position { get; }

    /// <summary>Takes over bytes that were put into the buffer.</summary>
    /// <param name="count">How many; at most what the last buffer holds, and what the lease has left. A region grows.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public abstract void Advance(int count);

    /// <summary>A buffer for what comes next; valid until the next call.</summary>
    /// <param name="sizeHint">How many bytes it has at least, up to <see cref="SizeHintMax"/>; zero for some.</param>
    /// <exception cref="PoolException">The buffer was full, and could not be written.</exception>
    public abstract Memory<byte> GetMemory(int sizeHint = 0);

    /// <summary>A buffer for what comes next; valid until the next call.</summary>
    /// <param name="sizeHint">How many bytes it has at least, up to <see cref="SizeHintMax"/>; zero for some.</param>
    /// <exception cref="PoolException">The buffer was full, and could not be written.</exception>
    public abstract Span<byte> GetSpan(int sizeHint = 0);

    /// <summary>Writes what was gathered, and waits: in a grain too, where the work goes on outside of the grain's scheduler.</summary>
    /// <exception cref="PoolException">It could not be written; the error is the lease's or region's own.</exception>
    public abstract void Flush();

    /// <summary>Writes what was gathered.</summary>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <exception cref="PoolException">It could not be written; the error is the lease's or region's own.</exception>
    public abstract ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Flushes and ends the writer.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the writer.</summary>
    protected abstract void Dispose(bool disposing);
}
