namespace OrleansPool.Benchmarks.Read;

/// <summary>Which block comes next: always the same one, or one of many in an order that the processor does not guess.</summary>
internal struct AccessPattern(int blockCount)
{
    private uint _state = 1;

    public int BlockCount => blockCount;

    /// <summary>The next block (xorshift).</summary>
    public int Next()
    {
        if (blockCount == 1) return 0;
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return (int)(_state % (uint)blockCount);
    }
}
