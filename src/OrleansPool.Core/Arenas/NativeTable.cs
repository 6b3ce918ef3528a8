using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OrleansPool.Core.Arenas;

/// <summary>A flat array of structs in native memory: metadata that the garbage collector never sees.</summary>
/// <remarks>
/// The index is checked in every build. Not thread-safe by itself: it is memory. It must not be used once its slice was given back.
/// </remarks>
/// <typeparam name="T">The struct; without references.</typeparam>
internal sealed unsafe class NativeTable<T>
    where T : unmanaged
{
    // Tables that follow each other do not share cache lines.
    private const int AlignmentBytes = 64;

    private readonly T* _items;

    /// <summary>Lays a table over a part of a slice.</summary>
    /// <param name="slice">Where it lives.</param>
    /// <param name="offset">Where it begins in the slice, in bytes; a multiple of 8.</param>
    /// <param name="count">How many items it has.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not fit, or the offset is not aligned.</exception>
    public NativeTable(ArenaSlice slice, long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset % sizeof(long), 0, nameof(offset));
        _items = (T*)slice.GetAddress(offset, (long)count * sizeof(T));
        Count = count;
    }

    /// <summary>How many items it has.</summary>
    public int Count { get; }

    /// <summary>An item.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)Count)
                ThrowIndex(index);
            return ref _items[index];
        }
    }

    /// <summary>The bytes that a table takes, so that the next one may follow on its own cache line.</summary>
#pragma warning disable CA1000 // the size of an item is the point of it
    public static long BytesFor(int count)
#pragma warning restore CA1000
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return ((long)count * sizeof(T) + AlignmentBytes - 1) / AlignmentBytes * AlignmentBytes;
    }

    /// <summary>All items, to clear or copy them at once.</summary>
    public Span<T> AsSpan() => new(_items, Count);

    [DoesNotReturn]
    private void ThrowIndex(int index) =>
        throw new ArgumentOutOfRangeException(nameof(index), index, $"The table of {typeof(T).Name} has {Count} items.");
}
