namespace OrleansPool.Benchmarks.Alloc;

/// <summary>Runs of a subject and a yardstick in turn, so that a machine that slows down slows both.</summary>
internal sealed class PairedRuns
{
    private const int PairCount = 7;
    private const int WarmUpRunCount = 4;
    private static readonly TimeSpan s_runTime = TimeSpan.FromMilliseconds(250);

    private PairedRuns()
    {
    }

    /// <summary>Time per operation as one thread sees it, of each pair.</summary>
    public List<(double SubjectNanoseconds, double YardstickNanoseconds)> Pairs { get; } = [];

    /// <summary>Of the subject alone, in all runs.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>During the subject's runs.</summary>
    public int GarbageCollections { get; private set; }

    /// <summary>During the subject's runs.</summary>
    public long? VoluntaryContextSwitches { get; private set; }

    /// <param name="subject">What is measured.</param>
    /// <param name="yardstick">What it is compared with.</param>
    /// <param name="threads">How many threads do it at once.</param>
    /// <param name="quick">One pair of short runs.</param>
    /// <param name="pairCount">How many pairs. For ratios near 1, many short ones: each sees the machine as its partner does.</param>
    /// <param name="runTime">How long a run takes; 250 ms by default.</param>
    public static PairedRuns Measure(
        IAllocSubject subject, IAllocSubject yardstick, int threads, bool quick, int pairCount = PairCount, TimeSpan? runTime = null)
    {
        PairedRuns runs = new();
        double share = (runTime ?? s_runTime) / s_runTime;
        long subjectOperations = (long)Math.Ceiling(Calibrate(subject, threads, quick) * share);
        long yardstickOperations = (long)Math.Ceiling(Calibrate(yardstick, threads, quick) * share);
        for (int pair = 0; pair < (quick ? 1 : pairCount); pair++)
        {
            long? waitsBefore = ContextSwitches.Voluntary();
            int collectionsBefore = GC.CollectionCount(0);
            (TimeSpan elapsed, long allocated) = subject.Run(threads, subjectOperations);
            runs.GarbageCollections += GC.CollectionCount(0) - collectionsBefore;
            runs.VoluntaryContextSwitches = (runs.VoluntaryContextSwitches ?? 0) + (ContextSwitches.Voluntary() - waitsBefore);
            runs.AllocatedBytes += allocated;
            (TimeSpan yardstickElapsed, _) = yardstick.Run(threads, yardstickOperations);
            runs.Pairs.Add((elapsed.TotalNanoseconds / subjectOperations, yardstickElapsed.TotalNanoseconds / yardstickOperations));
        }
        return runs;
    }

    public static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    // Also the warm-up: a second of it, by when the just-in-time compiler is done.
    private static long Calibrate(IAllocSubject subject, int threads, bool quick)
    {
        const long QuickOperations = 10_000;
        long operations = QuickOperations;
        TimeSpan elapsed = subject.Run(threads, operations).Elapsed;
        if (quick)
            return operations;
        while (elapsed < s_runTime / 4)
        {
            operations *= 2;
            elapsed = subject.Run(threads, operations).Elapsed;
        }
        operations = (long)(operations * (s_runTime / elapsed));
        for (int i = 0; i < WarmUpRunCount; i++)
            elapsed = subject.Run(threads, operations).Elapsed;
        return (long)(operations * (s_runTime / elapsed));
    }
}
