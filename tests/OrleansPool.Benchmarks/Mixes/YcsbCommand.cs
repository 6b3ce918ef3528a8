using OrleansPool.Benchmarks.Compare;

namespace OrleansPool.Benchmarks.Mixes;

/// <summary>One workload of YCSB.</summary>
internal sealed class YcsbCommand : IComparisonCommand
{
    public string Name => "ycsb";

    public string Words => "A|B|C|D|F";

    public string Summary => "a core workload of YCSB beside Garnet and Redis";

    public bool Run(BenchmarkArguments arguments)
    {
        if (arguments.Only is not null) throw new BenchmarkUsageException("ycsb has no option --only.");
        if (arguments.Words is not [string letter]) throw new BenchmarkUsageException("ycsb takes one workload: A, B, C, D or F.");
        if (letter.Equals("E", StringComparison.OrdinalIgnoreCase))
            throw new BenchmarkUsageException($"YCSB E cannot be run: {MixComparisons.NoScans}.");
        OperationMix mix = OperationMix.Ycsb.FirstOrDefault(one => one.Name.EndsWith($" {letter}", StringComparison.OrdinalIgnoreCase))
            ?? throw new BenchmarkUsageException($"There is no workload '{letter}': A, B, C, D or F.");
        Console.WriteLine($"{mix.Name}: {mix.Says}");
        return new ComparisonRun(arguments).RunAsync([.. MixComparisons.Of(mix)]).GetAwaiter().GetResult();
    }
}
