namespace OrleansPool.Simulation.Linearizability;

/// <summary>
/// Which operations are placed, as bits. Operations are numbered in order of invocation, those of unknown outcome after all others: then the known ones
/// are a full prefix, a short ragged window and nothing, and a key is the window, whatever the length of the history.
/// </summary>
internal sealed class LinearizedSet(int knownCount, int unknownCount)
{
    private const int WordBits = 64;

    private readonly ulong[] _known = new ulong[WordCount(knownCount)];
    private readonly ulong[] _unknown = new ulong[WordCount(unknownCount)];
    private readonly ulong[] _key = new ulong[1 + WordCount(knownCount) + WordCount(unknownCount)];

    // Words before _windowStart are full; words from _windowEnd on are empty.
    private int _windowStart;
    private int _windowEnd;

    public bool Contains(int operation)
    {
        (ulong[] words, int bit) = Locate(operation);
        return (words[bit / WordBits] >> (bit % WordBits) & 1) != 0;
    }

    public void Add(int operation)
    {
        (ulong[] words, int bit) = Locate(operation);
        words[bit / WordBits] |= 1UL << (bit % WordBits);
        if (words == _unknown) return;
        _windowEnd = Math.Max(_windowEnd, bit / WordBits + 1);
        while (_windowStart < _windowEnd && _known[_windowStart] == ulong.MaxValue) _windowStart++;
    }

    public void Remove(int operation)
    {
        (ulong[] words, int bit) = Locate(operation);
        words[bit / WordBits] &= ~(1UL << (bit % WordBits));
        if (words == _unknown) return;
        _windowStart = Math.Min(_windowStart, bit / WordBits);
        while (_windowEnd > _windowStart && _known[_windowEnd - 1] == 0) _windowEnd--;
    }

    /// <summary>The set as words that no other set has. Valid until the next call.</summary>
    public ReadOnlySpan<ulong> Key()
    {
        int windowCount = _windowEnd - _windowStart;
        _key[0] = ((ulong)(uint)_windowStart << 32) | (uint)windowCount;
        _known.AsSpan(_windowStart, windowCount).CopyTo(_key.AsSpan(1));
        int unknownWordCount = _unknown.Length;
        while (unknownWordCount > 0 && _unknown[unknownWordCount - 1] == 0) unknownWordCount--;
        _unknown.AsSpan(0, unknownWordCount).CopyTo(_key.AsSpan(1 + windowCount));
        return _key.AsSpan(0, 1 + windowCount + unknownWordCount);
    }

    private (ulong[] Words, int Bit) Locate(int operation) => operation < knownCount ? (_known, operation) : (_unknown, operation - knownCount);

    private static int WordCount(int bitCount) => (bitCount + WordBits - 1) / WordBits;
}
