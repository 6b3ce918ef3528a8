namespace OrleansPool.Simulation.Load;

/// <summary>A lease as the clients know it.</summary>
internal sealed class SimLease(SegmentId segment, LeaseKey key, LeaseId readOnlyId, BlockRun[] runs)
{
    public SegmentId Segment => segment;

    public LeaseKey Key => key;

    public LeaseId ReadOnlyId => readOnlyId;

    /// <summary>Its blocks.</summary>
    public int[] Blocks { get; } = [.. runs.SelectMany(run => Enumerable.Range(run.First, run.Count))];

    public BlockRun[] Runs => runs;

    /// <summary>It was fenced or ran out: kept for a while, so that old tokens are tried too.</summary>
    public bool IsOld { get; set; }
}
