using System.Globalization;
using Spectre.Console;

namespace OrleansPool.Cli.Output;

/// <summary>Latencies as a table, in microseconds.</summary>
internal static class LatencyTable
{
    public static Table Of(IReadOnlyDictionary<string, LatencyReport> latencies)
    {
        Table table = new Table().AddColumns("operation", "count", "p50 us", "p90 us", "p99 us", "p99.9 us", "max us");
        foreach ((string operation, LatencyReport report) in latencies)
        {
            table.AddRow(
                operation, report.Count.ToString(CultureInfo.InvariantCulture), Text(report.P50), Text(report.P90), Text(report.P99),
                Text(report.P999), Text(report.Max));
        }

        return table;

        static string Text(double microseconds) => microseconds.ToString("0.0", CultureInfo.InvariantCulture);
    }
}
