using System.Diagnostics.CodeAnalysis;

namespace OrleansPool.Core.Arenas;

/// <summary>A part of an arena that one owner holds until it gives it back.</summary>
/// <remarks>
/// Zero when carved. Spans over it must not outlive its being given back; the slice itself refuses to be used from then on.
/// Thread-safe, except that giving back must come after the last use.
/// Public for the other assemblies of OrleansPool only: it may change in any version.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class ArenaSlice
{
    private readonly byte* _address;
    private int _givenBack;

    internal ArenaSlice(Arena arena, byte* address, long offset, long bytes, string owner)
    {
        Arena = arena;
        _address = address;
        Offset = offset;
        Bytes = bytes;
        Owner = owner;
    }

    /// <summary>Where it was carved from.</summary>
    public Arena Arena { get; }

    /// <summary>Its size in bytes: what was asked for, rounded up to whole pages.</summary>
    public long Bytes { get; }

    /// <summary>Who holds it, for reports.</summary>
    public string Owner { get; }

    /// <summary>True once it was given back.</summary>
    public bool IsGivenBack => Volatile.Read(ref _givenBack) != 0;

    /// <summary>Where it begins in the arena's address range.</summary>
    internal long Offset { get; }

    /// <summary>Adds a line per leak to a report; set by an owner that hands parts of the slice on.</summary>
    internal Action<List<string>>? LeakReporter { get; set; }

    /// <summary>The bytes from <paramref name="offset"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all inside the slice.</exception>
    /// <exception cref="ArenaFaultException">The slice was given back.</exception>
    public Span<byte> GetSpan(long offset, int count)
    {
        CheckRange(offset, count);
        return new Span<byte>(_address + offset, count);
    }

    /// <summary>The address of a part, for the flat structures of this folder.</summary>
    internal byte* GetAddress(long offset, long bytes)
    {
        CheckRange(offset, bytes);
        return _address + offset;
    }

    /// <summary>True for the one caller that may put the range back.</summary>
    internal bool TryGiveBack() => Interlocked.Exchange(ref _givenBack, 1) == 0;

    private void CheckRange(long offset, long bytes)
    {
        if (IsGivenBack)
            ThrowGivenBack();
        if (offset < 0 || bytes < 0 || offset > Bytes - bytes)
            ThrowRange(offset, bytes);
    }

    [DoesNotReturn]
    private void ThrowGivenBack() =>
        throw new ArenaFaultException($"The slice of {Bytes} B of '{Owner}' was given back and must not be used any more.");

    [DoesNotReturn]
    private void ThrowRange(long offset, long bytes) => throw new ArgumentOutOfRangeException(
        nameof(offset), offset, $"Offset {offset} and {bytes} B are not inside the slice of {Bytes} B of '{Owner}'.");
}
