namespace OrleansPool;

/// <summary>How a region is made, if opening it makes it.</summary>
public sealed class RegionOptions
{
    /// <summary>The options that apply when none are given.</summary>
    public static RegionOptions Default { get; } = new();

    /// <summary>Pool that the region's memory comes from.</summary>
    public string Pool { get; init; } = PoolNames.Default;
}
