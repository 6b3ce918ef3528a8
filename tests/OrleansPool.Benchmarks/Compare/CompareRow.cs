namespace OrleansPool.Benchmarks.Compare;

/// <summary>One figure of one path beside one yardstick's.</summary>
internal sealed record CompareRow
{
    /// <summary>What was measured.</summary>
    public required string Path { get; init; }

    /// <summary>What it is compared with.</summary>
    public required string Yardstick { get; init; }

    /// <summary>The median of the ratios of all pairs, or null when it was skipped.</summary>
    public double? Ratio { get; init; }

    /// <summary>Which figure the ratio is of, and what is asked of it.</summary>
    public required string Asked { get; init; }

    /// <summary>Whether it is as asked; null when nothing is asked or it was skipped.</summary>
    public bool? Met { get; init; }

    public CompareMedians? Medians { get; init; }

    public CompareSpread? Spread { get; init; }

    /// <summary>Why it was skipped, or null.</summary>
    public string? Skipped { get; init; }

    /// <summary>Machine, versions and commit.</summary>
    public string? Provenance { get; init; }
}
