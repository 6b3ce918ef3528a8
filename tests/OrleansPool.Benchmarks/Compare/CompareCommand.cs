using OrleansPool.Benchmarks.Mixes;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>The data plane beside what people use today, each in processes of its own on this machine.</summary>
internal sealed class CompareCommand : IComparisonCommand
{
    public string Name => "compare";

    public string Words => "[--only NAME]";

    public string Summary => "reads and writes from another process beside Redis, Garnet, a grain and the bare socket";

    public bool Run(BenchmarkArguments arguments)
    {
        if (arguments.Words.Count > 0) throw new BenchmarkUsageException($"compare takes no '{arguments.Words[0]}'.");
        List<Comparison> chosen = Choose(All, arguments.Only);
        return new ComparisonRun(arguments).RunAsync(chosen).GetAwaiter().GetResult();
    }

    private static List<Comparison> All =>
    [
        .. BlockComparisons.All(), .. BatchComparisons.All(), .. BulkComparisons.All(), .. MixComparisons.Ycsb(), .. MixComparisons.Memtier(),
        .. BoundComparisons.All(),
    ];

    private static List<Comparison> Choose(List<Comparison> all, string? only)
    {
        List<Comparison> chosen = only is null ? all : [.. all.Select(one => one.Only(only)).OfType<Comparison>()];
        return chosen.Count > 0
            ? chosen
            : throw new BenchmarkUsageException(
                $"No row is called '{only}'. There are:\n{string.Join('\n', all.SelectMany(one => one.RowNames).Select(name => "  " + name))}");
    }
}
