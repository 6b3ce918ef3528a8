namespace OrleansPool.Core.Placement;

/// <summary>What a rebalancing plan may have under way, and what it leaves as it is.</summary>
internal sealed record RebalancingLimits
{
    /// <summary>What a plan uses unless told otherwise.</summary>
    public static RebalancingLimits Default { get; } = new();

    /// <summary>Most joiners that one primary fills at once.</summary>
    public int CopiesPerSourceMax { get; init; } = 2;

    /// <summary>Most joiners that one node is at once.</summary>
    public int CopiesPerTargetMax { get; init; } = 2;

    /// <summary>Most joiners in the cluster.</summary>
    public int CopiesMax { get; init; } = 256;

    /// <summary>Most steps of one round.</summary>
    public int StepsMax { get; init; } = 1024;

    /// <summary>How much less loaded a segment's new primary must be, as a share of the mean load of a node.</summary>
    public double LoadBand { get; init; } = 0.1;

    /// <summary>
    /// How much less full a copy's new node must be, as a share of its capacity: more than the death of a node makes uneven, so that what
    /// it held is all there is to copy.
    /// </summary>
    public double FillBand { get; init; } = 0.1;

    /// <summary>How many other silos hold the copies of one primary silo's segments.</summary>
    public int ScatterWidth { get; init; } = 8;
}
