using OrleansPool.Benchmarks.Reporting;

namespace OrleansPool.Benchmarks;

/// <summary>Reads the arguments, runs a command, and writes what it measured.</summary>
internal sealed class BenchmarkRunner(IReadOnlyList<IBenchmarkCommand> commands, IReadOnlyList<IComparisonCommand> comparisons)
{
    private const int ExitFailed = 1;
    private const int ExitUsage = 2;

    /// <returns>0 when it ran, whatever the figures; 1 when something of it failed; 2 for wrong arguments.</returns>
    public int Run(string[] args)
    {
        try
        {
            if (args.Length == 0) throw new BenchmarkUsageException("A command is missing.");
            BenchmarkArguments arguments = BenchmarkArguments.Parse(args[1..]);
            if (comparisons.FirstOrDefault(one => one.Name == args[0]) is { } comparison) return comparison.Run(arguments) ? 0 : ExitFailed;
            if (commands.FirstOrDefault(one => one.Name == args[0]) is { } command) Run(command, arguments);
            else throw new BenchmarkUsageException($"There is no command '{args[0]}'.");
            return 0;
        }
        catch (BenchmarkUsageException e)
        {
            Console.Error.WriteLine(e.Message);
            WriteUsage(Console.Error);
            return ExitUsage;
        }
    }

    private static void Run(IBenchmarkCommand command, BenchmarkArguments arguments)
    {
        if (arguments.Only is not null) throw new BenchmarkUsageException($"{command.Name} has no option --only.");
        if (arguments.Words.Count > 0) throw new BenchmarkUsageException($"{command.Name} takes no '{arguments.Words[0]}'.");
        Console.WriteLine(Provenance.Describe());
        if (arguments.Quick) Console.WriteLine("quick: one short iteration, the figures mean nothing");
        List<BenchmarkRow> rows = [.. command.Run(arguments.Quick)];
        ResultTable.Write(rows, Console.Out);
        if (arguments.JsonPath is not null) JsonLines.Write(rows, arguments.JsonPath);
    }

    private void WriteUsage(TextWriter to)
    {
        to.WriteLine("Usage: OrleansPool.Benchmarks COMMAND [--json FILE] [--quick]");
        foreach (IComparisonCommand one in comparisons) to.WriteLine($"  {one.Name} {one.Words}  {one.Summary}");
        foreach (IBenchmarkCommand one in commands) to.WriteLine($"  {one.Name}  {one.Summary}");
        to.WriteLine("  --json FILE  also writes one JSON object per row and line");
        to.WriteLine("  --quick      few short iterations; the figures mean nothing");
    }
}
