using System.Text.Json.Serialization;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>One figure of one path beside one yardstick's. What it always has is there even if it is null.</summary>
internal sealed record CompareRow
{
    /// <summary>What was measured.</summary>
    public required string Path { get; init; }

    /// <summary>What it is compared with.</summary>
    public required string Yardstick { get; init; }

    /// <summary>The median of the ratios of all pairs, or null when it was skipped.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Ratio { get; init; }

    /// <summary>Which figure the ratio is of, and what is asked of it.</summary>
    public required string Asked { get; init; }

    /// <summary>Whether it is as asked; null when nothing is asked or it was skipped.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool? Met { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public CompareMedians? Medians { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public CompareSpread? Spread { get; init; }

    /// <summary>Why it was skipped, or null.</summary>
    public string? Skipped { get; init; }

    /// <summary>Machine, versions and commit.</summary>
    public string? Provenance { get; init; }
}
