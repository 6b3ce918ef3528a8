using OrleansPool.Core;

namespace OrleansPool.Simulation.World;

/// <summary>A silo's own clock: it starts anywhere and runs at a rate of its own.</summary>
/// <param name="offset">What it shows at simulated time 0.</param>
/// <param name="rate">Its ticks for each simulated tick.</param>
internal sealed class SimClock(long offset, double rate)
{
    /// <summary>What it shows at a simulated moment.</summary>
    public Tick At(long simulated) => new(offset + (long)(simulated * rate));

    /// <summary>The first simulated moment at which it shows a tick or more.</summary>
    public long When(Tick shown) => (long)Math.Ceiling((shown.Value - offset) / rate);
}
