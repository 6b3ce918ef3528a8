using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Checks;

/// <summary>
/// Promises between silos, in simulated time, whatever their clocks show: nobody relies on one for longer than it is kept, and nobody opens a
/// segment while a copy may be shown that an earlier primary answers for.
/// </summary>
internal sealed class PromiseChecks(SimWorld world)
{
    private readonly Dictionary<(SegmentId Segment, ulong Epoch), SegmentRow> _rows = [];

    /// <summary>A row was written.</summary>
    public void OnRow(SegmentRow row) => _rows[(row.Segment, row.Epoch)] = row;

    /// <summary>A silo has taken the answer to a heartbeat.</summary>
    public void OnAnswer(SimSilo holder, NodeId from)
    {
        if (world.Swarm.ClocksAreBroken || !holder.IsUp || world.PlaceOf(from.Silo) is not { } place) return;
        SimSilo grantor = world.Silos[place];
        if (!grantor.IsUp || grantor.Id != from) return;
        PeerLink held = holder.Node.Standing.Peers[from];
        PeerLink given = grantor.Node.Standing.Peers[holder.Id];
        Compare(holder, held.HeldUntil, grantor, given.GrantedUntil, "a read lease");
        CacheRight right = held.Cacheable;
        if (right.Session != 0 && right.Session == given.SessionGiven) Compare(holder, right.Until, grantor, given.CacheGrantedUntil, "the right to cache");
    }

    /// <summary>A silo has opened a segment that it took over.</summary>
    public void OnOpened(SimSilo silo, Segment segment)
    {
        SegmentRow row = segment.Replica!.Row;
        if (world.Swarm.ClocksAreBroken || EarlierPrimary(row, silo.Id) is not { } before) return;
        foreach (SimSilo other in world.Silos)
        {
            // Members of the row were sealed: they show nothing of an earlier epoch.
            if (!other.IsUp || other == silo || row.Has(other.Id) || other.Id == before.Primary) continue;
            CacheRight right = other.Node.Standing.Peers[before.Primary].Cacheable;
            bool isListed = Array.TrueForAll(before.InSync, member => member == before.Primary || member == other.Id || Array.IndexOf(right.Listed, member) >= 0);
            if (right.Session == 0 || !isListed || other.Clock.When(right.Until) <= world.Queue.Now || other.Node.Standing.Authority.ValidUntil < other.Now) continue;
            world.Invariants.Violate(
                $"segment {row.Segment}: silo {silo.Place} opens it in epoch {row.Epoch}, and silo {other.Place} may show copies of {world.NameOf(before.Primary)} for {(right.Until - other.Now).TotalMilliseconds:F1} ms more");
        }
    }

    /// <summary>The last row in which somebody else was primary; null if that one handed over.</summary>
    private SegmentRow? EarlierPrimary(SegmentRow row, NodeId primary)
    {
        while (row.Primary == primary && row.StartsAt == 0 && _rows.TryGetValue((row.Segment, row.Epoch - 1), out SegmentRow? earlier)) row = earlier;
        return row.Primary == primary ? null : row;
    }

    private void Compare(SimSilo holder, Core.Tick until, SimSilo grantor, Core.Tick kept, string what)
    {
        if (until <= holder.Now || holder.Clock.When(until) <= grantor.Clock.When(kept)) return;
        world.Invariants.Violate(
            $"silo {holder.Place} relies on {what} of silo {grantor.Place} for {(holder.Clock.When(until) - grantor.Clock.When(kept)) / (double)TimeSpan.TicksPerMillisecond:F2} ms longer than it is kept");
    }
}
