namespace OrleansPool.Cli.Bench.Keys;

/// <summary>
/// Ranks from 0 with Zipf's law: rank r is drawn about 1 / (r + 1)^theta as often as rank 0. Thread-safe; the randomness is the caller's.
/// </summary>
/// <remarks>
/// The method of Gray and others, "Quickly Generating Billion-Record Synthetic Databases" (SIGMOD 1994), as YCSB uses it: constant time per draw, and
/// the sum of the first n terms is lengthened, not made anew, when there are more.
/// </remarks>
internal sealed class ZipfianRanks
{
    /// <summary>The skew that YCSB takes.</summary>
    public const double ThetaDefault = 0.99;

    private readonly double _theta;
    private readonly double _alpha;
    private readonly double _secondShare;
    private readonly Lock _lock = new();
    private Terms _terms;

    public ZipfianRanks(long count, double theta = ThetaDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(theta, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(theta, 1);
        _theta = theta;
        _alpha = 1 / (1 - theta);
        _secondShare = Math.Pow(0.5, theta);
        _terms = MakeTerms(count, Sum(0, count));
    }

    public long Count => Volatile.Read(ref _terms).Count;

    /// <summary>Draws a rank, from 0 to <see cref="Count"/> - 1.</summary>
    public long Draw(Random random)
    {
        Terms terms = Volatile.Read(ref _terms);
        double u = random.NextDouble();
        double scaled = u * terms.Sum;
        if (scaled < 1) return 0;
        if (scaled < 1 + _secondShare) return Math.Min(1, terms.Count - 1);
        return Math.Min(terms.Count - 1, (long)(terms.Count * Math.Pow((terms.Eta * u) - terms.Eta + 1, _alpha)));
    }

    /// <summary>Makes it at least so many ranks.</summary>
    public void Grow(long count)
    {
        if (count <= Count) return;
        lock (_lock)
        {
            Terms terms = _terms;
            if (count > terms.Count) Volatile.Write(ref _terms, MakeTerms(count, terms.Sum + Sum(terms.Count, count)));
        }
    }

    private Terms MakeTerms(long count, double sum) => new(
        count, sum, (1 - Math.Pow(2.0 / count, 1 - _theta)) / (1 - ((1 + _secondShare) / sum)));

    private double Sum(long from, long to)
    {
        double sum = 0;
        for (long i = from; i < to; i++) sum += 1 / Math.Pow(i + 1, _theta);
        return sum;
    }

    private sealed record Terms(long Count, double Sum, double Eta);
}
