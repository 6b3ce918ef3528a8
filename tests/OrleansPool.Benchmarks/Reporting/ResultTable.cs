using System.Globalization;

namespace OrleansPool.Benchmarks.Reporting;

/// <summary>Rows as a table for people.</summary>
internal static class ResultTable
{
    private static readonly string[] s_heads =
        ["path", "threads", "yardstick", "ns", "yardstick ns", "ratio", "asked", "met", "p50", "p99", "p99.9", "p99.99", "max ns", "alloc B", "GCs", "waits", "MiB/s"];

    public static void Write(IReadOnlyList<BenchmarkRow> rows, TextWriter to)
    {
        List<string[]> lines = [s_heads];
        lines.AddRange(rows.Select(Cells));
        int[] widths = [.. s_heads.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
            to.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        foreach (BenchmarkRow row in rows.Where(row => row.Skipped is not null))
            to.WriteLine($"skipped: {row.Path}, {row.Threads} threads, against {row.Yardstick}: {row.Skipped}");
    }

    private static string[] Cells(BenchmarkRow row) =>
    [
        row.Path, Text(row.Threads), row.Yardstick, Text(row.NanosecondsPerOperation), Text(row.YardstickNanosecondsPerOperation),
        Text(row.Ratio), row.Asked, row.Met is { } met ? met ? "yes" : "NO" : row.Skipped is null ? "-" : "skipped",
        .. LatencyPercentiles.Names.Select(name => row.Percentiles is { } all ? Text(all[name]) : "-"),
        Text(row.AllocatedBytes), Text(row.GarbageCollections), Text(row.VoluntaryContextSwitches), Text(row.BytesPerSecond / (1 << 20)),
    ];

    private static string Text(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";

    private static string Text(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
