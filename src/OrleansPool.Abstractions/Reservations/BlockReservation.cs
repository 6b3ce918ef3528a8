using System.Buffers;

namespace OrleansPool;

/// <summary>
/// Local memory taken ahead: a fixed number of blocks of this process, from which <see cref="TryTake(out LocalBlock)"/> and <see cref="Return"/>
/// run in a few nanoseconds, without locks, system calls or managed allocation. The path for real-time loops.
/// </summary>
/// <remarks>
/// Local memory has one copy, is never seen by other silos, and is gone with the process. All members are thread-safe. A loop that returns its
/// blocks on the thread that took them runs without interlocked operations; the first block that another thread returns, pins or takes over
/// ends that for the reservation, with one barrier across the process (some microseconds, once).
/// Disposing gives the blocks back to the node, zeroed, once the last taken or pinned one has come back.
/// </remarks>
public abstract class BlockReservation : IDisposable
{
    /// <summary>How many blocks the reservation holds.</summary>
    public abstract int BlockCount { get; }

    /// <summary>Size of a block in bytes; a power of two.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>How many blocks are not taken now. Exact only while nobody takes or returns.</summary>
    public abstract int FreeCount { get; }

    /// <summary>
    /// Takes a block. Its bytes are unspecified: zero, or what a former taker of this reservation left there; never another owner's.
    /// </summary>
    /// <param name="block">The block, or default when none is free.</param>
    /// <returns>False when every block is taken, or the reservation is disposed.</returns>
    public abstract bool TryTake(out LocalBlock block);

    /// <summary>Takes a block and its bytes at once: one check less than <see cref="GetSpan"/> afterwards.</summary>
    /// <param name="block">The block, or default when none is free.</param>
    /// <param name="bytes">Its bytes, until it is returned; empty when none is free.</param>
    /// <returns>False when every block is taken, or the reservation is disposed.</returns>
    public virtual bool TryTake(out LocalBlock block, out Span<byte> bytes)
    {
        bool taken = TryTake(out block);
        bytes = taken ? GetSpan(block) : default;
        return taken;
    }

    /// <summary>Gives a block back.</summary>
    /// <exception cref="LeaseFencedException">The block was returned before, or belongs to somebody else by now.</exception>
    public abstract void Return(LocalBlock block);

    /// <summary>The bytes of a taken block.</summary>
    /// <exception cref="LeaseFencedException">The block was returned.</exception>
    public abstract Span<byte> GetSpan(LocalBlock block);

    /// <summary>The bytes of a taken block, as memory that may be kept across awaits and pinned.</summary>
    /// <exception cref="LeaseFencedException">The block was returned.</exception>
    public abstract Memory<byte> GetMemory(LocalBlock block);

    /// <summary>The reservation as a <see cref="MemoryPool{T}"/> whose owners give their block back when disposed.</summary>
    /// <remarks>
    /// For <c>PipeOptions.Pool</c>, and for Kestrel by an <c>IMemoryPoolFactory&lt;byte&gt;</c>, which wants blocks of 4 KiB. The pool is as large as
    /// the reservation: renting from a full one raises <see cref="PoolExhaustedException"/>, at which Kestrel gives the connection up. So reserve for
    /// the limits of as many connections as there may be, by default 1 MiB of request and 64 KiB of response each. Kestrel's sockets (.NET 10) do not
    /// send native memory that lies in several blocks: where answers may be larger than a block, put pipes over the reservation between Kestrel and the
    /// connection instead (a connection middleware that replaces <c>ConnectionContext.Transport</c>).
    /// </remarks>
    public abstract MemoryPool<byte> AsMemoryPool();

    /// <summary>Gives the blocks back to the node once the last taken one returns; nothing can be taken from now on.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the reservation.</summary>
    protected abstract void Dispose(bool disposing);
}
