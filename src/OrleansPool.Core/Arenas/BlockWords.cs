using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansPool.Core.Arenas;

/// <summary>The words of all blocks of a reservation, and the moves that are allowed.</summary>
/// <remarks>
/// <code>
/// Shared, Cached, Loose -> Taken -> Cached                 take, return
///                          Taken -> Returning -> Cached    return while pinned (or in a diagnostic arena, which checks the bytes between)
/// Shared &lt;-> Cached, Shared -> Loose                       moves between containers
/// Shared, Cached, Loose -> Retired                         after closing; the end
/// </code>
/// Thread-safe. Loops end unless other threads pin and unpin the same block without end.
/// </remarks>
internal readonly struct BlockWords
{
    // Threads that work on neighbouring words slow each other down fourfold. So words stand two cache lines apart (processors fetch lines in
    // pairs) while that costs no more than this in all; with more blocks they stand closer, and neighbours are less often in use at once.
    private const int SpreadWordCountMax = (256 << 10) / sizeof(ulong);
    private const int SpreadShiftMax = 4;

    // Every access reads the array's header, so no word stands near it.
    private const int LeadWordCount = 1 << SpreadShiftMax;

    private readonly ulong[] _words;
    private readonly int _count; // beside the array's reference, so that checking an index does not wait for the array's own length
    private readonly int _shift;

    public BlockWords(int blockCount, ulong seed)
    {
        _count = blockCount;
        while (_shift < SpreadShiftMax && (long)blockCount << (_shift + 1) <= SpreadWordCountMax)
            _shift++;
        _words = new ulong[LeadWordCount + (blockCount << _shift)];
        Array.Fill(_words, BlockWord.First(seed));
    }

    public int Count => _count;

    public ulong this[int index] => Volatile.Read(ref At(index));

    /// <summary>Moves a block's word, if it is still what the caller thinks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryMove(int index, ulong from, ulong to) => Interlocked.CompareExchange(ref At(index), to, from) == from;

    /// <summary>True while the caller, who has this word, holds the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsHeld(int index, ulong word)
    {
        return (uint)index < (uint)_count && BlockWord.IsHeld(word) && BlockWord.WithoutPins(Volatile.Read(ref At(index))) == word;
    }

    /// <summary>Sets a block's word. Only where no other thread can move it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int index, ulong word) => Volatile.Write(ref At(index), word);

    /// <summary>True if a taken block's word is this one and the block is not pinned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(int index, ulong word) => (uint)index < (uint)_count && BlockWord.IsHeld(word) && Volatile.Read(ref At(index)) == word;

    /// <summary>Frees a block that is not pinned, into the caller's magazine.</summary>
    /// <returns>False when the caller does not hold it, or it is pinned.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReturn(int index, ulong word, out ulong cached)
    {
        cached = BlockWord.NextCached(word);
        return (uint)index < (uint)_count && BlockWord.IsHeld(word) && Interlocked.CompareExchange(ref At(index), cached, word) == word;
    }

    /// <summary>Ends the caller's right over a block, pinned or not.</summary>
    /// <returns>False when the caller does not hold it.</returns>
    public bool TryBeginReturn(int index, ulong word, out bool isPinned)
    {
        isPinned = false;
        while (IsHeld(index, word))
        {
            ulong now = this[index];
            isPinned = BlockWord.PinCount(now) > 0;
            if (BlockWord.WithoutPins(now) == word && TryMove(index, now, BlockWord.In(now, BlockPhase.Returning)))
                return true;
        }
        return false;
    }

    /// <summary>Frees a block whose return began, into the caller's magazine. Only for the one whom it was left to.</summary>
    public ulong FinishReturn(int index)
    {
        ulong cached = BlockWord.NextCached(this[index]);
        Interlocked.Exchange(ref At(index), cached);
        return cached;
    }

    /// <summary>Holds a block back from becoming free.</summary>
    /// <returns>False when the caller does not hold it, or it has <see cref="BlockWord.PinCountMax"/> pins.</returns>
    public bool TryPin(int index, ulong word)
    {
        while (IsHeld(index, word))
        {
            ulong now = this[index];
            if (BlockWord.WithoutPins(now) != word || BlockWord.PinCount(now) == BlockWord.PinCountMax)
                return false;
            if (TryMove(index, now, now + BlockWord.OnePin))
                return true;
        }
        return false;
    }

    /// <summary>Ends a pin that was granted.</summary>
    /// <returns>True when it was the last one of a block whose return began: finishing it is left to the caller.</returns>
    public bool Unpin(int index)
    {
        while (true)
        {
            ulong now = this[index];
            if (TryMove(index, now, now - BlockWord.OnePin))
                return BlockWord.PinCount(now) == 1 && BlockWord.Phase(now) == BlockPhase.Returning;
        }
    }

    /// <summary>Retires a block if it is free; true for the one caller who did.</summary>
    public bool TryRetire(int index)
    {
        while (true)
        {
            ulong now = this[index];
            if (!BlockWord.IsFree(now))
                return false;
            if (TryMove(index, now, BlockWord.In(now, BlockPhase.Retired)))
                return true;
        }
    }

    // Indexes come from containers, which hold indexes of blocks alone, or were checked.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong At(int index)
    {
        Debug.Assert((uint)index < (uint)_count, "An index of a block.");
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_words), ((nuint)(uint)index << _shift) + LeadWordCount);
    }
}
