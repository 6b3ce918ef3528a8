using OrleansPool.Benchmarks.Reporting;

namespace OrleansPool.Benchmarks;

/// <summary>Reads the arguments, runs a command, and writes what it measured.</summary>
internal static class BenchmarkRunner
{
    private const int ExitUsage = 2;

    /// <returns>0 when it ran, whatever the figures; 2 for wrong arguments.</returns>
    public static int Run(IReadOnlyList<IBenchmarkCommand> commands, string[] args)
    {
        IBenchmarkCommand? command = commands.FirstOrDefault(one => args.Length > 0 && one.Name == args[0]);
        string? jsonPath = null;
        bool quick = false;
        bool understood = command is not null;
        for (int i = 1; i < args.Length && understood; i++)
        {
            if (args[i] == "--quick")
                quick = true;
            else if (args[i] == "--json" && i + 1 < args.Length)
                jsonPath = args[++i];
            else
                understood = false;
        }
        if (!understood || command is null)
        {
            Console.Error.WriteLine("Usage: OrleansPool.Benchmarks COMMAND [--json FILE] [--quick]");
            foreach (IBenchmarkCommand one in commands)
                Console.Error.WriteLine($"  {one.Name}  {one.Summary}");
            Console.Error.WriteLine("  --json FILE  also writes one JSON object per row and line");
            Console.Error.WriteLine("  --quick      one short iteration; the figures mean nothing");
            return ExitUsage;
        }
        Console.WriteLine(Provenance.Describe());
        if (quick)
            Console.WriteLine("quick: one short iteration, the figures mean nothing");
        List<BenchmarkRow> rows = [.. command.Run(quick)];
        ResultTable.Write(rows, Console.Out);
        if (jsonPath is not null)
            JsonLines.Write(rows, jsonPath);
        return 0;
    }
}
