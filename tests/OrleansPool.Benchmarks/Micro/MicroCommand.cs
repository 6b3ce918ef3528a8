using System.Reflection;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using OrleansPool.Benchmarks.Reporting;

namespace OrleansPool.Benchmarks.Micro;

/// <summary>Single paths inside one process, by BenchmarkDotNet.</summary>
internal sealed class MicroCommand : IComparisonCommand
{
    private static readonly Type[] Benchmarks = [typeof(LocalReadBenchmark), typeof(ReservationBenchmark), typeof(CacheHitBenchmark)];

    public string Name => "micro";

    public string Words => "[FILTER]";

    public string Summary => "single paths inside one process, by BenchmarkDotNet";

    public bool Run(BenchmarkArguments arguments)
    {
        if (arguments.Only is not null) throw new BenchmarkUsageException("micro has no option --only: write the filter behind it.");
        if (arguments.Words.Count > 1) throw new BenchmarkUsageException("micro takes one filter at most.");
        string filter = arguments.Words is [string word] ? word : "";
        MethodInfo[] all = [.. Benchmarks.SelectMany(type => type.GetMethods()).Where(method => method.IsDefined(typeof(BenchmarkAttribute)))];
        MethodInfo[] chosen = [.. all.Where(method => PathOf(method).Contains(filter, StringComparison.OrdinalIgnoreCase))];
        if (chosen.Length == 0)
            throw new BenchmarkUsageException($"No path is called '{filter}'. There are:\n{string.Join('\n', all.Select(one => "  " + PathOf(one)))}");

        string provenance = Provenance.Describe();
        Console.WriteLine(provenance);
        List<MicroRow> rows = [];
        foreach (IGrouping<Type, MethodInfo> group in chosen.GroupBy(method => method.DeclaringType!))
        {
            Summary summary = BenchmarkDotNet.Running.BenchmarkRunner.Run(group.Key, [.. group], Config(arguments.Quick));
            rows.AddRange(summary.Reports.Select(report => RowOf(report, provenance)));
        }

        if (arguments.JsonPath is not null) JsonLines.Write(rows, arguments.JsonPath);
        return rows.All(row => row.Nanoseconds is not null);
    }

    /// <remarks>In this process: a project generated beside this one would not restore under its locked versions.</remarks>
    private static ManualConfig Config(bool quick)
    {
        Job job = (quick ? Job.Dry : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        return ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Ascii)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "orleanspool-micro"));
    }

    private static MicroRow RowOf(BenchmarkReport report, string provenance) => new(
        PathOf(report.BenchmarkCase.Descriptor.WorkloadMethod), report.ResultStatistics?.Mean, report.ResultStatistics?.StandardError,
        report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase), provenance);

    private static string PathOf(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";
}
