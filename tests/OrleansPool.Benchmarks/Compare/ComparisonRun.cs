using OrleansPool.Benchmarks.Reporting;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>Runs comparisons one after the other, and writes their rows to the console and to a file.</summary>
internal sealed class ComparisonRun(BenchmarkArguments arguments)
{
    public async Task RunAsync(IReadOnlyList<Comparison> comparisons)
    {
        string provenance = $"{Provenance.Describe()}; {Provenance.Versions()}";
        Console.WriteLine(provenance);
        if (arguments.Quick) Console.WriteLine("quick: few short iterations, the figures mean nothing");
        List<CompareRow> rows = [];
        using (var lab = new Lab(arguments.Quick ? Effort.Quick : Effort.Full))
        {
            foreach (Comparison comparison in comparisons)
            {
                Console.Error.WriteLine($"{comparison.Path} beside {comparison.Yardstick}");
                rows.AddRange((await comparison.RunAsync(lab)).Select(row => row with { Provenance = provenance }));
            }
        }

        ComparisonTable.Write(rows, Console.Out);
        if (arguments.JsonPath is not null) JsonLines.Write(rows, arguments.JsonPath);
    }
}
