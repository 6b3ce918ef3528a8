using OrleansPool.Core.Placement;

namespace OrleansPool.Simulation.Scale;

/// <summary>
/// A cluster of many nodes, placed by the real <see cref="NodeChooser"/> and mended by the real <see cref="RebalancingPlan"/>. No
/// node exists: what a node would answer, and tell the others of its load, is worked out. The same seed gives the same figures.
/// </summary>
internal sealed class ScaleScenario(int nodeCount, ulong seed)
{
    private const long LeaseBytes = 4096;
    private const long SegmentBytes = 16L << 20;

    /// <summary>How leases spread.</summary>
    /// <param name="LeaseCount">How many were taken.</param>
    /// <param name="MaxToMean">The most on one node, by the mean; where capacities differ, by what falls to its capacity.</param>
    /// <param name="MinToMean">The fewest likewise.</param>
    /// <param name="RefusedCount">How often the node that was chosen first was full.</param>
    internal readonly record struct LeaseSpread(int LeaseCount, double MaxToMean, double MinToMean, int RefusedCount);

    /// <summary>What it took to mend a cluster.</summary>
    /// <param name="HeldBytes">What the dead node held.</param>
    /// <param name="CopiedBytes">What was copied until the plan had no step left.</param>
    /// <param name="SourceCount">How many nodes sent.</param>
    /// <param name="TargetCount">How many nodes received.</param>
    /// <param name="RoundCount">Rounds of the plan.</param>
    /// <param name="IsWhole">Whether every segment has its copies again.</param>
    internal readonly record struct Recovery(long HeldBytes, long CopiedBytes, int SourceCount, int TargetCount, int RoundCount, bool IsWhole)
    {
        /// <summary>What was copied, by what the dead node held.</summary>
        public double CopiedToHeld => (double)CopiedBytes / HeldBytes;
    }

    /// <summary>Takes leases one after the other, through nodes whose loads are told now and then.</summary>
    /// <param name="leaseCount">How many.</param>
    /// <param name="fill">How full the cluster is then, from 0 to 1.</param>
    /// <param name="leasesPerInterval">How many are taken in the cluster between two times that nodes tell their loads.</param>
    /// <param name="capacityOf">A node's capacity, by the mean; null for all the same.</param>
    public LeaseSpread PlaceLeases(int leaseCount, double fill, int leasesPerInterval, Func<int, double>? capacityOf = null)
    {
        long mean = (long)(leaseCount * LeaseBytes / fill / nodeCount);
        long[] free = [.. Enumerable.Range(0, nodeCount).Select(node => (long)(mean * (capacityOf?.Invoke(node) ?? 1)))];
        NodeLoad[] loads = Array.ConvertAll(free, bytes => new NodeLoad(default, bytes, bytes, 0, 0));
        int[] taken = new int[nodeCount];
        int[] order = new int[nodeCount];
        int refused = 0;
        for (int lease = 0; lease < leaseCount; lease++)
        {
            if (lease % leasesPerInterval == 0)
            {
                for (int node = 0; node < nodeCount; node++) loads[node] = loads[node] with { FreeBytes = free[node] };
            }

            ulong random = PlacementHash.Of(seed, (ulong)lease);
            int chosen = NodeChooser.First(loads, local: -1, LeaseBytes, random);
            if (chosen < 0 || free[chosen] < LeaseBytes)
            {
                refused++;
                int count = NodeChooser.Order(loads, -1, LeaseBytes, random, order);
                chosen = Array.Find(order[..count], node => free[node] >= LeaseBytes);
            }

            free[chosen] -= LeaseBytes;
            taken[chosen]++;
        }

        double total = loads.Sum(load => (double)load.CapacityBytes);
        double[] ratios = [.. taken.Select((count, node) => count / (leaseCount * (loads[node].CapacityBytes / total)))];
        return new LeaseSpread(leaseCount, ratios.Max(), ratios.Min(), refused);
    }

    /// <summary>Gives every segment its copies, settles the cluster, kills one node, and settles it again.</summary>
    /// <param name="segmentCount">How many segments.</param>
    /// <param name="wantedCopies">How many copies each wants.</param>
    /// <param name="zoneCount">How many zones the nodes are in.</param>
    /// <param name="limits">Limits of the plan; null for the usual ones.</param>
    /// <param name="roundsMax">Rounds after which it is given up.</param>
    public Recovery LoseNode(int segmentCount, int wantedCopies, int zoneCount, RebalancingLimits? limits = null, int roundsMax = 5_000)
    {
        limits ??= RebalancingLimits.Default;
        ClusterModel cluster = MakeSegments(segmentCount, wantedCopies, zoneCount);
        RebalancingLimits unhurried = limits with { CopiesMax = int.MaxValue, CopiesPerSourceMax = 64, CopiesPerTargetMax = 64, StepsMax = int.MaxValue };
        if (cluster.Settle(unhurried, roundsMax) is null) throw new InvalidOperationException("The cluster does not settle.");
        int dead = (int)(PlacementHash.Of(seed, 2) % (ulong)nodeCount);
        long held = cluster.Segments.Where(segment => segment.InSync.Contains(dead)).Sum(segment => segment.Bytes);
        long copiedBefore = cluster.CopiedBytes;
        int roundsBefore = cluster.RoundCount;
        cluster.SentBytes.Clear();
        cluster.ReceivedBytes.Clear();
        cluster.Kill(dead);
        bool isSettled = cluster.Settle(limits, roundsMax) is { Outcome: RebalancingOutcome.Settled };
        bool isWhole = isSettled && cluster.Segments.Count == segmentCount && cluster.Segments.All(segment => segment.InSync.Length == wantedCopies);
        return new Recovery(
            held, cluster.CopiedBytes - copiedBefore, cluster.SentBytes.Count, cluster.ReceivedBytes.Count, cluster.RoundCount - roundsBefore, isWhole);
    }

    /// <summary>Segments of one copy, on nodes as the chooser chooses; half of the memory will be in use once they have theirs.</summary>
    internal ClusterModel MakeSegments(int segmentCount, int wantedCopies, int zoneCount)
    {
        var cluster = new ClusterModel();
        long capacity = (long)segmentCount * wantedCopies * SegmentBytes * 2 / nodeCount;
        for (int node = 0; node < nodeCount; node++) cluster.AddNode(node % zoneCount, capacity);
        NodeLoad[] loads = [.. Enumerable.Repeat(new NodeLoad(default, capacity, capacity, 0, 0), nodeCount)];
        for (int segment = 0; segment < segmentCount; segment++)
        {
            int home = NodeChooser.First(loads, -1, SegmentBytes, PlacementHash.Of(seed + 3, (ulong)segment));
            loads[home] = loads[home] with { FreeBytes = loads[home].FreeBytes - SegmentBytes };
            cluster.AddSegment(SegmentBytes, wantedCopies, [home], load: 1);
        }

        return cluster;
    }
}
