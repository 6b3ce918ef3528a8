using System.Globalization;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>Rows as a table for people, and their figures as bars.</summary>
internal static class ComparisonTable
{
    private const int BarCells = 40;
    private static readonly string[] Heads = ["path", "yardstick", "ours", "theirs", "ratio", "spread", "asked", "met"];

    public static void Write(IReadOnlyList<CompareRow> rows, TextWriter to)
    {
        List<string[]> lines = [Heads];
        lines.AddRange(rows.Select(Cells));
        int[] widths = [.. Heads.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines) to.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        foreach (CompareRow row in rows.Where(row => row.Skipped is not null).DistinctBy(row => (row.Path, row.Yardstick)))
            to.WriteLine($"skipped: {row.Path} beside {row.Yardstick}: {row.Skipped}");
        foreach (CompareRow row in rows) WriteBars(row, to);
    }

    private static string[] Cells(CompareRow row) =>
    [
        row.Path, row.Yardstick, Text(row.Medians?.Subject, row), Text(row.Medians?.Yardstick, row), Ratio(row.Ratio),
        row.Spread is { } spread ? $"{Ratio(spread.Min)} to {Ratio(spread.Max)}" : "-",
        row.Asked, row.Met is { } met ? met ? "yes" : "NO" : row.Skipped is null ? "-" : "skipped",
    ];

    /// <summary>Both medians, the longer one over the whole width.</summary>
    private static void WriteBars(CompareRow row, TextWriter to)
    {
        if (row.Medians is not { } medians) return;
        double longest = Math.Max(medians.Subject, medians.Yardstick);
        to.WriteLine();
        to.WriteLine($"{row.Path} ({row.Asked})");
        foreach ((string name, double value) in new[] { ("OrleansPool", medians.Subject), (row.Yardstick, medians.Yardstick) })
        {
            string bar = new('#', Math.Max(1, (int)Math.Round(BarCells * value / longest)));
            to.WriteLine($"  {bar.PadRight(BarCells)}  {Text(value, row)}  {name}");
        }
    }

    private static string Text(double? value, CompareRow row) => value is null || row.Medians is null
        ? "-"
        : row.Medians.Unit switch
        {
            "us" => value.Value.ToString("0.0", CultureInfo.InvariantCulture) + " us",
            "bytes/s" => (value.Value / (1 << 20)).ToString("N0", CultureInfo.InvariantCulture) + " MiB/s",
            _ => value.Value.ToString("N0", CultureInfo.InvariantCulture) + "/s",
        };

    private static string Ratio(double? ratio) => ratio is null ? "-" : ratio.Value.ToString("0.00", CultureInfo.InvariantCulture) + "x";
}
