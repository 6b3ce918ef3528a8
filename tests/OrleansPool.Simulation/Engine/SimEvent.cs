namespace OrleansPool.Simulation.Engine;

/// <summary>Something that happens at a moment.</summary>
internal abstract class SimEvent
{
    /// <summary>When, in ticks of simulated time.</summary>
    public long At { get; set; }

    /// <summary>Names its kind in the trace.</summary>
    public abstract ulong Kind { get; }

    /// <summary>Makes it happen.</summary>
    public abstract void Happen();
}
