using OrleansPool.Benchmarks.Reporting;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>Runs comparisons one after the other, and writes their rows to the console and to a file.</summary>
internal sealed class ComparisonRun(BenchmarkArguments arguments)
{
    /// <returns>Whether all of them ran, or said why they cannot.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<Comparison> comparisons)
    {
        string provenance = $"{Provenance.Describe()}; {Provenance.Versions()}";
        Console.WriteLine(provenance);
        if (arguments.Quick) Console.WriteLine("quick: few short iterations, the figures mean nothing");
        List<CompareRow> rows = [];
        int failureCount = 0;
        using (var lab = new Lab(arguments.Quick ? Effort.Quick : Effort.Full))
        {
            foreach (Comparison comparison in comparisons)
            {
                Console.Error.WriteLine($"{comparison.Path} beside {comparison.Yardstick}");
                IReadOnlyList<CompareRow> its;
                try
                {
                    its = await comparison.RunAsync(lab);
                }
                catch (Exception e)
                {
                    // One that fails takes nothing from the others, and is told in its place.
                    Console.Error.WriteLine(e);
                    failureCount++;
                    its = comparison.Skip($"failed: {e.Message}");
                }

                rows.AddRange(its.Select(row => row with { Provenance = provenance }));
            }
        }

        ComparisonTable.Write(rows, Console.Out);
        if (arguments.JsonPath is not null) JsonLines.Write(rows, arguments.JsonPath);
        return failureCount == 0;
    }
}
