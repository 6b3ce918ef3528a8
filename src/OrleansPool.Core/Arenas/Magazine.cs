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
    /// <summary>The most entries.</summary>
    public const int EntryCountMax = 16;

    /// <summary>Distance of two magazines: what is used plus two cache lines on either side, since processors fetch lines in pairs.</summary>
    public const int StrideBytes = PaddingBytes + UsedBytes + PaddingBytes;

    private const int PaddingBytes = 128;
    private const int UsedBytes = 16 + EntryCountMax * (sizeof(ulong) + sizeof(int));

    /// <summary>How many entries there are.</summary>
    [FieldOffset(PaddingBytes)]
    public int Count;

    /// <summary>Blocks that this thread took, less those that it returned; over all threads, the blocks that are taken.</summary>
    [FieldOffset(PaddingBytes + 8)]
    public long TakenNet;

    /// <summary>The words of the free blocks.</summary>
    [FieldOffset(PaddingBytes + 16)]
    public fixed ulong Words[EntryCountMax];

    /// <summary>The indexes of the free blocks.</summary>
    [FieldOffset(PaddingBytes + 16 + EntryCountMax * sizeof(ulong))]
    public fixed int Indexes[EntryCountMax];

    /// <summary>Adds an entry; there must be room.</summary>
    public void Push(int index, ulong word)
    {
        int at = Count;
        Debug.Assert(at < EntryCountMax, "A full magazine is flushed first.");
        Words[at] = word;
        Indexes[at] = index;
        Volatile.Write(ref Count, at + 1);
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
