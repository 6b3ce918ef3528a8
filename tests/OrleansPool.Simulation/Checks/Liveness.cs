using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Checks;

/// <summary>What must be so some time after the last fault.</summary>
internal static class Liveness
{
    /// <summary>What is not as it should be when nothing is broken; null if all is well.</summary>
    public static string? WhatIsNotWell(SimWorld world)
    {
        foreach (var client in world.Clients)
        {
            if (client.IsBusy) return "a client waits for an answer";
        }

        foreach (SegmentRow row in world.Store.Rows)
        {
            if (row.State != SegmentState.Active) continue;
            if (row.InSync.Length != Math.Min(row.WantedCopies, world.Silos.Count) || row.Joiner != default) return $"segment {row.Segment} has {row.InSync.Length} copies in epoch {row.Epoch}";
            SimSilo silo = world.Silos[world.PlaceOf(row.Primary.Silo)!.Value];
            bool isServed = silo.IsUp && silo.Id == row.Primary && silo.Node.Segments.TryGetValue(row.Segment, out Segment? segment)
                && segment.Replica is { IsOpen: true } && segment.MayServe(silo.Now) && segment.Log.Committed == segment.Log.Last;
            if (!isServed) return $"segment {row.Segment} in epoch {row.Epoch} is not served";
        }

        return null;
    }
}
