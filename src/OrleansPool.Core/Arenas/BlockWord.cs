using System.Runtime.CompilerServices;

namespace OrleansPool.Core.Arenas;

/// <summary>Where a reserved block is.</summary>
internal enum BlockPhase
{
    /// <summary>Free, in the list that all threads share.</summary>
    Shared = 0,

    /// <summary>Free, in some thread's magazine.</summary>
    Cached = 1,

    /// <summary>Held by a user.</summary>
    Taken = 2,

    /// <summary>Given back, but not free before its last pin ends.</summary>
    Returning = 3,

    /// <summary>The reservation is closed and the block back.</summary>
    Retired = 4,

    /// <summary>Free, in no list: found by looking at every block.</summary>
    Loose = 5,
}

/// <summary>Everything that decides who may use a block, in one word, so that one compare-and-swap decides it.</summary>
/// <remarks>
/// generation (48 bits) | taker (6 bits) | pins (7 bits) | phase (3 bits). The generation rises with every return; at 50 million returns a second
/// of one and the same block it comes round after 65 days. The taker is the <see cref="ThreadSlot"/> of the thread that took the block, 0 while it
/// is free. What a user holds as <see cref="LocalBlock.Generation"/> is the word of the taken, unpinned block.
/// </remarks>
internal static class BlockWord
{
    /// <summary>The most pins at once on one block.</summary>
    public const int PinCountMax = (1 << PinBits) - 1;

    /// <summary>Added to a word: one pin more.</summary>
    public const ulong OnePin = 1UL << PhaseBits;

    /// <summary>The taker of a block that a thread without slot took.</summary>
    public const int NoSlot = (1 << TakerBits) - 1;

    private const int PhaseBits = 3, PinBits = 7, TakerBits = 6;
    private const int TakerShift = PhaseBits + PinBits;
    private const ulong PhaseMask = (1UL << PhaseBits) - 1;
    private const ulong PinMask = ((1UL << PinBits) - 1) << PhaseBits;
    private const ulong TakerMask = ((1UL << TakerBits) - 1) << TakerShift;
    private const ulong OneGeneration = 1UL << (TakerShift + TakerBits);

    /// <summary>The word of a block that was never taken.</summary>
    public static ulong First(ulong seed) => seed & ~(TakerMask | PinMask | PhaseMask);

    public static BlockPhase Phase(ulong word) => (BlockPhase)(word & PhaseMask);

    /// <summary>How often a block was returned since its word was made by <see cref="First"/> with a seed.</summary>
    public static long ReturnCount(ulong word, ulong seed) => (long)((word - (seed & ~(OneGeneration - 1))) / OneGeneration);

    public static int PinCount(ulong word) => (int)((word & PinMask) >> PhaseBits);

    public static ulong WithoutPins(ulong word) => word & ~PinMask;

    public static bool IsFree(ulong word) => Phase(word) is BlockPhase.Shared or BlockPhase.Cached or BlockPhase.Loose;

    /// <summary>True for a word that a user may hold, whether or not it is the block's word now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsHeld(ulong word) => (word & (PinMask | PhaseMask)) == (ulong)BlockPhase.Taken;

    /// <summary>The same generation in another phase.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong In(ulong word, BlockPhase phase) => (word & ~PhaseMask) | (ulong)phase;

    /// <summary>The slot of the thread that took the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Taker(ulong word) => (int)((word & TakerMask) >> TakerShift);

    /// <summary>The word of a free block once a thread has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong TakenBy(ulong freeWord, int slot) => (freeWord & ~PhaseMask) | ((ulong)(uint)slot << TakerShift) | (ulong)BlockPhase.Taken;

    /// <summary>The next generation, free in a magazine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NextCached(ulong word) =>
        ((word & ~(TakerMask | PinMask | PhaseMask)) + OneGeneration) | (ulong)BlockPhase.Cached;
}
