using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace OrleansPool.Core.Arenas;

/// <summary>The native memory of one node: mapped once at start, resident, and carved into slices.</summary>
/// <remarks>
/// <para>The address range is aligned to 2 MiB, in transparent huge pages where the kernel offers them, and touched before <see cref="Map"/>
/// returns, so that no page fault is left for later. It is never unmapped while the process lives, except by <see cref="Dispose"/> in tests:
/// a reader that is late by any amount then reads stale bytes, which its seqlock or generation refuses, but never faults.</para>
/// <para>Carving is the control path: one compare-and-swap of an immutable list of free ranges. Slices are zero when carved, since they are
/// zeroed when given back: a change of owner never shows the former owner's bytes.</para>
/// <para>Thread-safe. Invariant while nobody carves: FreeBytes + sum of the slices' bytes = CapacityBytes.</para>
/// <para>Public for the other assemblies of OrleansPool only: it may change in any version.</para>
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Arena : IDisposable
{
    private State _state;
    private long _serial;
    private int _disposed;

    private protected Arena(MemoryMapping mapping, long capacityBytes)
    {
        Mapping = mapping;
        CapacityBytes = capacityBytes;
        _state = new State(FreeRanges.Whole(mapping.Bytes), capacityBytes, []);
    }

    /// <summary>The unit in which slices are carved, in bytes: 4 KiB, or the system's page where that is larger.</summary>
    public static int PageBytes { get; } = Math.Max(4096, Environment.SystemPageSize);

    /// <summary>Slices of at least this size are aligned to it: the size of a huge page, in bytes.</summary>
    public const long HugePageBytes = MemoryMapping.AlignmentBytes;

    /// <summary>What the arena holds, in bytes.</summary>
    public long CapacityBytes { get; }

    /// <summary>What nobody owns, in bytes; not necessarily in one piece.</summary>
    public long FreeBytes => Volatile.Read(ref _state).FreeBytes;

    /// <summary>True for the twin that looks for wrong use.</summary>
    public abstract bool IsDiagnostic { get; }

    private protected MemoryMapping Mapping { get; }

    private protected ImmutableHashSet<ArenaSlice> Slices => Volatile.Read(ref _state).Slices;

    /// <summary>Bytes kept free on both sides of a slice.</summary>
    private protected abstract long MarginBytes { get; }

    /// <summary>Maps an arena and makes it resident.</summary>
    /// <exception cref="PoolConfigurationException">The capacity is not possible here; the message names the value and the rule.</exception>
    public static Arena Map(ArenaOptions options)
    {
        long capacityBytes = ArenaCapacity.Validate(options);
        return options.Diagnostic ? DiagnosticArena.Map(capacityBytes) : ProductionArena.Map(capacityBytes, options.PrefaultThreads);
    }

    /// <summary>Maps an arena whose bytes are in a file of its own: see <see cref="FileMapping"/>. Linux only.</summary>
    /// <param name="path">The file, which must not exist. It has no name any more when this returns, and is gone with the arena or the process.</param>
    /// <param name="capacityBytes">Size in bytes; rounded down to whole pages.</param>
    /// <exception cref="PoolConfigurationException">The file cannot be made, or not in this size; the message names it and the rule.</exception>
    public static Arena MapFile(string path, long capacityBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (capacityBytes < PageBytes)
            throw new PoolConfigurationException($"A spill file of {capacityBytes} B is not possible: it has at least one page of {PageBytes} B.");
        return ProductionArena.OverFile(path, capacityBytes / PageBytes * PageBytes);
    }

    /// <summary>Carves a slice; the first free range that fits.</summary>
    /// <param name="bytes">How much, in bytes; rounded up to whole pages.</param>
    /// <param name="owner">Who holds it, for reports.</param>
    /// <param name="slice">The slice, all zero, or null.</param>
    /// <returns>False when no free range is large enough.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is not positive.</exception>
    public bool TryCarve(long bytes, string owner, [NotNullWhen(true)] out ArenaSlice? slice)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        slice = null;
        if (bytes > CapacityBytes)
            return false;
        long rounded = (bytes + PageBytes - 1) / PageBytes * PageBytes;
        while (true)
        {
            State state = Volatile.Read(ref _state);
            FreeRanges? left = state.Ranges.TryTake(rounded, rounded >= HugePageBytes ? HugePageBytes : PageBytes, MarginBytes, out long offset);
            if (left is null || state.FreeBytes < rounded)
                return false;
            ArenaSlice made = Make(offset, rounded, owner);
            if (Interlocked.CompareExchange(ref _state, new State(left, state.FreeBytes - rounded, state.Slices.Add(made)), state) != state)
                continue;
            OnCarved(offset, rounded);
            slice = made;
            return true;
        }
    }

    /// <summary>Gives a slice back: zeroes it, then lets others carve it.</summary>
    /// <exception cref="ArenaFaultException">It was given back before, or belongs to another arena.</exception>
    public void GiveBack(ArenaSlice slice)
    {
        if (slice.Arena != this)
            throw new ArenaFaultException($"The slice of {slice.Bytes} B of '{slice.Owner}' was carved from another arena.");
        if (!slice.TryGiveBack())
            throw new ArenaFaultException($"The slice of {slice.Bytes} B of '{slice.Owner}' was given back twice.");
        OnGivenBack(slice.Offset, slice.Bytes);
        while (true)
        {
            State state = Volatile.Read(ref _state);
            FreeRanges joined = state.Ranges.Put(slice.Offset - MarginBytes, slice.Offset + slice.Bytes + MarginBytes);
            State next = new(joined, state.FreeBytes + slice.Bytes, state.Slices.Remove(slice));
            if (Interlocked.CompareExchange(ref _state, next, state) == state)
                return;
        }
    }

    /// <summary>Unmaps the memory: only for tests, and only when nobody can use it any more.</summary>
    /// <exception cref="ArenaFaultException">The arena is diagnostic and slices or blocks are still held; names every holder.</exception>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        OnDisposing();
        Mapping.Unmap();
        GC.SuppressFinalize(this);
    }

    /// <summary>Throws where an invariant does not hold. Call it while nobody carves.</summary>
    public void CheckInvariants()
    {
        State state = Volatile.Read(ref _state);
        state.Ranges.CheckInvariants(Mapping.Bytes);
        long heldBytes = state.Slices.Sum(slice => slice.Bytes);
        if (state.FreeBytes + heldBytes != CapacityBytes)
            throw new ArenaFaultException($"Free {state.FreeBytes} B and held {heldBytes} B are not the capacity of {CapacityBytes} B.");
    }

    /// <summary>A number that no other caller gets, of this arena or another: where the generations of a reservation begin.</summary>
    internal unsafe ulong NextSerial() =>
        // An odd multiplier (2^64 over the golden ratio; Knuth, TAOCP 6.4) spreads consecutive numbers over the whole range.
        (ulong)Interlocked.Increment(ref _serial) * 0x9E37_79B9_7F4A_7C15 ^ (ulong)Mapping.Address;

    private protected abstract void OnCarved(long offset, long bytes);

    private protected abstract void OnGivenBack(long offset, long bytes);

    private protected abstract void OnDisposing();

    private unsafe ArenaSlice Make(long offset, long bytes, string owner) => new(this, Mapping.Address + offset, offset, bytes, owner);

    private sealed record State(FreeRanges Ranges, long FreeBytes, ImmutableHashSet<ArenaSlice> Slices);
}
