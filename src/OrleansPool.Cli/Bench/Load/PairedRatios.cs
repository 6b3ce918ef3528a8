namespace OrleansPool.Cli.Bench.Load;

/// <summary>A figure of a subject beside a yardstick's, over runs that took turns: a machine that slows down slows both.</summary>
internal sealed class PairedRatios
{
    public PairedRatios(IReadOnlyCollection<(double Subject, double Yardstick)> pairs)
    {
        if (pairs.Count == 0) throw new ArgumentException("There must be a pair.", nameof(pairs));
        All = [.. pairs.Select(pair => pair.Subject / pair.Yardstick)];
        Ratio = Median(All);
        Subject = Median([.. pairs.Select(pair => pair.Subject)]);
        Yardstick = Median([.. pairs.Select(pair => pair.Yardstick)]);
    }

    /// <summary>The ratio of each pair, in order.</summary>
    public IReadOnlyList<double> All { get; }

    /// <summary>The median of the pairs' ratios, which is not the ratio of the medians.</summary>
    public double Ratio { get; }

    /// <summary>The subject's median.</summary>
    public double Subject { get; }

    /// <summary>The yardstick's median.</summary>
    public double Yardstick { get; }

    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
