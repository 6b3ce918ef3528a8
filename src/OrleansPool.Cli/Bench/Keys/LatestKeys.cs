namespace OrleansPool.Cli.Bench.Keys;

/// <summary>The newest are the most popular, by Zipf's law over their age. New ones come while it runs.</summary>
internal sealed class LatestKeys(long count) : IKeyChooser
{
    private readonly ZipfianRanks _ages = new(count);
    private long _count = count;

    public long Next(Random random)
    {
        long newest = Interlocked.Read(ref _count) - 1;
        return Math.Max(0, newest - _ages.Draw(random));
    }

    /// <summary>Says that one more may be chosen.</summary>
    public void Added() => _ages.Grow(Interlocked.Increment(ref _count));
}
