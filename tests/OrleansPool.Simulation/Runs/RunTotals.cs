using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansPool.Simulation.Runs;

/// <summary>The sum over many seeds.</summary>
internal sealed class RunTotals
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public long Seeds { get; set; }

    public long Failed { get; set; }

    public long Operations { get; set; }

    public long Answered { get; set; }

    /// <summary>Clients' reads, writes, comparisons and additions that the witness held against the streams.</summary>
    public long OperationsChecked { get; set; }

    public long Executed { get; set; }

    public long Events { get; set; }

    public double SimulatedSeconds { get; set; }

    public long LostSegments { get; set; }

    public long CacheHits { get; set; }

    public SortedDictionary<string, long> Faults { get; init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Pairs { get; init; } = new(StringComparer.Ordinal);

    /// <summary>One seed more.</summary>
    public void Add(SeedCheck check)
    {
        SeedReport report = check.Report;
        Seeds++;
        if (!check.Holds) Failed++;
        Operations += report.Operations;
        Answered += report.Answered;
        OperationsChecked += report.OperationsChecked;
        Executed += report.Executed;
        Events += report.Events;
        SimulatedSeconds += report.Time.TotalSeconds;
        LostSegments += report.LostSegments;
        CacheHits += report.CacheHits;
        foreach ((string fault, long count) in report.Faults) Faults[fault] = Faults.GetValueOrDefault(fault) + count;
        foreach ((string pair, long count) in report.Pairs) Pairs[pair] = Pairs.GetValueOrDefault(pair) + count;
    }

    /// <summary>All of it in one line of JSON.</summary>
    /// <param name="wall">The time it took.</param>
    /// <param name="listsPairs">Whether the pairs of faults are listed, rather than counted.</param>
    public string Summarise(TimeSpan wall, bool listsPairs = false) => JsonSerializer.Serialize(new
    {
        Seeds,
        Failed,
        Operations,
        Answered,
        OperationsChecked,
        Executed,
        Events,
        LostSegments,
        CacheHits,
        SimulatedSeconds = Math.Round(SimulatedSeconds),
        WallSeconds = Math.Round(wall.TotalSeconds, 1),
        TimesRealTime = Math.Round(SimulatedSeconds / Math.Max(wall.TotalSeconds, 0.001)),
        Faults,
        PairsOfFaults = Pairs.Count,
        Pairs = listsPairs ? Pairs : null,
    }, Json);
}
