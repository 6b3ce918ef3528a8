using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansPool.Core.Arenas;

/// <summary>The free blocks that one thread keeps at hand, last in first out. Written by that thread alone.</summary>
/// <remarks>
/// An entry is a hint: the block belongs to whoever moves the block's word from exactly this word to taken. A thief reads entries, even torn
/// ones, and takes the block through its word; the owner finds out when its own compare-and-swap fails.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = StrideBytes)]
internal unsafe struct Magazine
{
    /// <summary>The most entries, besides the hot block.</summary>
    public const int EntryCountMax = 16;

    /// <summary>
    /// Distance of two magazines: what is used plus two cache lines on either side, since processors fetch lines in pairs; a power of two.
    /// </summary>
    public const int StrideBytes = LeadBytes + UsedBytes + TailBytes;

    private const int LeadBytes = 152, TailBytes = 144;
    private const int HotBytes = 24;
    private const int UsedBytes = HotBytes + EntryCountMax * (sizeof(ulong) + sizeof(int));

    /// <summary>The word of the block that was returned last, or 0 when it was taken again: the first to be taken.</summary>
    [FieldOffset(LeadBytes)]
    public ulong HotWord;

    /// <summary>The index of that block.</summary>
    [FieldOffset(LeadBytes + 8)]
    public int HotIndex;

    /// <summary>How many entries there are besides.</summary>
    [FieldOffset(LeadBytes + 12)]
    public int Count;

    /// <summary>Not 0 while the owner is in the middle of a step that it takes without interlocked operations: see <see cref="FreeBlocks"/>.</summary>
    [FieldOffset(LeadBytes + 16)]
    public int Busy;

    /// <summary>The words of the entries.</summary>
    [FieldOffset(LeadBytes + HotBytes)]
    public fixed ulong Words[EntryCountMax];

    /// <summary>The indexes of the entries.</summary>
    [FieldOffset(LeadBytes + HotBytes + EntryCountMax * sizeof(ulong))]
    public fixed int Indexes[EntryCountMax];

    /// <summary>Adds a block, as the hot one; what was hot becomes an entry. There must be room.</summary>
    public void Push(int index, ulong word)
    {
        if (HotWord != 0)
        {
            Debug.Assert(Count < EntryCountMax, "A full magazine is flushed first.");
            Words[Count] = HotWord;
            Indexes[Count] = HotIndex;
            Volatile.Write(ref Count, Count + 1);
        }
        HotIndex = index;
        HotWord = word;
    }

    /// <summary>Takes out what was added last.</summary>
    /// <returns>False when nothing is left.</returns>
    public bool TryPop(out int index, out ulong word)
    {
        word = HotWord;
        index = HotIndex;
        HotWord = 0;
        if (word != 0)
            return true;
        if (Count == 0)
            return false;
        Count--;
        word = Words[Count];
        index = Indexes[Count];
        return true;
    }

    /// <summary>Drops the oldest entries.</summary>
    public void DropOldest(int count)
    {
        int left = Count - count;
        for (int i = 0; i < left; i++)
        {
            Words[i] = Words[i + count];
            Indexes[i] = Indexes[i + count];
        }
        Count = left;
    }
}
