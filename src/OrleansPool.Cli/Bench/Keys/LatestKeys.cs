namespace OrleansPool.Cli.Bench.Keys;

/// <summary>The newest are the most popular, by Zipf's law over their age. New ones come while it runs, up to a bound.</summary>
/// <remarks>A key is chosen only once it and all before it are there, as with YCSB's acknowledged counter.</remarks>
internal sealed class LatestKeys : IKeyChooser
{
    private readonly ZipfianRanks _ages;
    private readonly bool[] _isAdded;
    private readonly Lock _lock = new();
    private readonly long _firstAdded;
    private long _count;
    private long _begun;

    public LatestKeys(long count, int roomCount)
    {
        _ages = new ZipfianRanks(count);
        _isAdded = new bool[roomCount];
        _firstAdded = _count = _begun = count;
    }

    public long Next(Random random)
    {
        long newest = Interlocked.Read(ref _count) - 1;
        return Math.Max(0, newest - _ages.Draw(random));
    }

    /// <summary>Takes the next new key; null if there is no room for more.</summary>
    public long? Begin()
    {
        long key = Interlocked.Increment(ref _begun) - 1;
        return key - _firstAdded < _isAdded.Length ? key : null;
    }

    /// <summary>Says that a new key is there.</summary>
    public void Added(long key)
    {
        lock (_lock)
        {
            _isAdded[key - _firstAdded] = true;
            long next = _count;
            while (next - _firstAdded < _isAdded.Length && _isAdded[next - _firstAdded]) next++;
            _ages.Grow(next);
            Interlocked.Exchange(ref _count, next);
        }
    }
}
