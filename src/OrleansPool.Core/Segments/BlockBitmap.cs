using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Segments;

/// <summary>
/// Which blocks are free: one bit a block, set when free, with a summary bit for each word that has one. Deterministic, so that
/// replicas that see the same stream choose the same blocks: always the lowest run that is long enough.
/// </summary>
/// <remarks>
/// Owned by the segment's executor. Invariants: free count = bits set; summary bit = word is not zero; bits past the last block
/// are never set. <c>Take</c> of one block looks at one summary word for each 4,096 blocks.
/// </remarks>
internal sealed class BlockBitmap
{
    private const int WordBits = 64;

    private NativeTable<ulong> _words;
    private NativeTable<ulong> _summary;
    private readonly int _blockCount;

    public BlockBitmap(ArenaSlice slice, long offset, int blockCount)
    {
        _blockCount = blockCount;
        MoveTo(slice, offset);
        Give(0, blockCount);
    }

    /// <summary>Goes on in other memory, which holds a copy already.</summary>
    [MemberNotNull(nameof(_words), nameof(_summary))]
    public void MoveTo(ArenaSlice slice, long offset)
    {
        int words = LeafWordsFor(_blockCount);
        _words = new NativeTable<ulong>(slice, offset, words);
        _summary = new NativeTable<ulong>(slice, offset + (words * sizeof(ulong)), SummaryWordsFor(words));
    }

    /// <summary>Blocks that are free.</summary>
    public int FreeCount { get; private set; }

    public static int WordCountFor(int blockCount) => LeafWordsFor(blockCount) + SummaryWordsFor(LeafWordsFor(blockCount));

    public bool IsFree(int block) => (_words[block / WordBits] & (1UL << (block % WordBits))) != 0;

    /// <summary>Takes a run of free blocks: the lowest that has them all, or else the lowest run there is, cut to size.</summary>
    /// <param name="countMax">Most blocks to take.</param>
    /// <param name="first">First block of the run.</param>
    /// <returns>How many were taken: at least one, for the caller has made sure that one is free.</returns>
    public int Take(int countMax, out int first)
    {
        SegmentFaultException.ThrowUnless(FreeCount > 0, "blocks are taken where there are free ones");
        int count = 1;
        if (countMax == 1)
        {
            first = FindFree(0);
        }
        else
        {
            count = FindRun(countMax, out first);
        }

        Mark(first, count, free: false);
        return count;
    }

    /// <summary>Whether a whole run of blocks is free.</summary>
    public bool AreFree(int first, int count) => first >= 0 && count > 0 && first <= _blockCount - count && RunLength(first, count) == count;

    /// <summary>Takes a run of blocks that is free.</summary>
    public void TakeExactly(int first, int count) => Mark(first, count, free: false);

    /// <summary>Makes a run of blocks free.</summary>
    public void Give(int first, int count) => Mark(first, count, free: true);

    /// <summary>Counts the free blocks anew and checks the summary.</summary>
    public void CheckIntegrity()
    {
        int free = 0;
        for (int word = 0; word < _words.Count; word++)
        {
            free += BitOperations.PopCount(_words[word]);
            bool summarised = (_summary[word / WordBits] & (1UL << (word % WordBits))) != 0;
            SegmentFaultException.ThrowUnless(summarised == (_words[word] != 0), "a summary bit is set exactly if its word has a free block");
        }

        SegmentFaultException.ThrowUnless(free == FreeCount, "the free count equals the bits set");
    }

    private static int LeafWordsFor(int blockCount) => (blockCount + WordBits - 1) / WordBits;

    private static int SummaryWordsFor(int words) => (words + WordBits - 1) / WordBits;

    /// <summary>The lowest run of <paramref name="countMax"/> free blocks; where there is none, the lowest run of all.</summary>
    private int FindRun(int countMax, out int first)
    {
        first = FindFree(0);
        int firstCount = RunLength(first, countMax);
        int start = first;
        int count = firstCount;
        while (count < countMax)
        {
            start = FindFree(start + count);
            if (start < 0) return firstCount;
            count = RunLength(start, countMax);
        }

        first = start;
        return count;
    }

    private int FindFree(int from)
    {
        if (from >= _blockCount) return -1;
        int word = from / WordBits;
        ulong bits = _words[word] & (ulong.MaxValue << (from % WordBits));
        if (bits != 0) return (word * WordBits) + BitOperations.TrailingZeroCount(bits);

        int next = word + 1;
        if (next >= _words.Count) return -1;
        ulong mask = ulong.MaxValue << (next % WordBits);
        for (int summary = next / WordBits; summary < _summary.Count; summary++, mask = ulong.MaxValue)
        {
            ulong words = _summary[summary] & mask;
            if (words == 0) continue;
            word = (summary * WordBits) + BitOperations.TrailingZeroCount(words);
            return (word * WordBits) + BitOperations.TrailingZeroCount(_words[word]);
        }

        return -1;
    }

    private int RunLength(int first, int countMax)
    {
        int block = first;
        while (block < _blockCount && block - first < countMax)
        {
            int offset = block % WordBits;
            int ones = BitOperations.TrailingZeroCount(~(_words[block / WordBits] >> offset));
            int inWord = Math.Min(ones, WordBits - offset);
            block += inWord;
            if (inWord < WordBits - offset) break;
        }

        return Math.Min(block - first, countMax);
    }

    private void Mark(int first, int count, bool free)
    {
        Debug.Assert(first >= 0 && count > 0 && first + count <= _blockCount);
        for (int block = first; block < first + count;)
        {
            int word = block / WordBits;
            int offset = block % WordBits;
            int inWord = Math.Min(WordBits - offset, first + count - block);
            ulong bits = (inWord == WordBits ? ulong.MaxValue : (1UL << inWord) - 1) << offset;
            SegmentFaultException.ThrowUnless(
                (_words[word] & bits) == (free ? 0 : bits), "a block is taken only while free and given back only while taken");
            _words[word] ^= bits;
            ulong summaryBit = 1UL << (word % WordBits);
            ref ulong summary = ref _summary[word / WordBits];
            summary = _words[word] != 0 ? summary | summaryBit : summary & ~summaryBit;
            block += inWord;
        }

        FreeCount += free ? count : -count;
    }
}
