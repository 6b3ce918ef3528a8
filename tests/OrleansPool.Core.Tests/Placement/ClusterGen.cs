using CsCheck;
using OrleansPool.Core.Placement;
using OrleansPool.Simulation.Scale;

namespace OrleansPool.Core.Tests.Placement;

/// <summary>Clusters in any state a plan may meet.</summary>
internal static class ClusterGen
{
    private static readonly Gen<(int Zone, int State, long Capacity, long Other, double Load)> Node =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 9], Gen.Long[20, 400], Gen.Long[0, 30], Gen.Double[0, 5]);

    private static readonly Gen<(long Bytes, int Wanted, int[] Members, int Joiner, bool Moves, double Load)> Segment =
        Gen.Select(Gen.Long[1, 12], Gen.Int[1, 3], Gen.Int[0, 1_000].Array[1, 4], Gen.Int[0, 40], Gen.Bool, Gen.Double[0, 10]);

    /// <summary>Any state, under way or not.</summary>
    public static readonly Gen<ClusterModel> Any = Gen.Select(Node.Array[0, 14], Segment.Array[0, 60]).Select((nodes, segments) => Make(nodes, segments));

    /// <summary>Any limits.</summary>
    public static readonly Gen<RebalancingLimits> Limits =
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 8], Gen.Int[2, 60], Gen.Int[1, 9], Gen.Double[0.01, 0.3], Gen.Double[0.01, 0.3]).Select(
            (perSource, perTarget, copies, steps, width, loadBand, fillBand) => new RebalancingLimits
            {
                CopiesPerSourceMax = perSource,
                CopiesPerTargetMax = perTarget,
                CopiesMax = copies,
                StepsMax = steps,
                ScatterWidth = width,
                LoadBand = loadBand,
                FillBand = fillBand,
            });

    private static ClusterModel Make(
        (int Zone, int State, long Capacity, long Other, double Load)[] nodes,
        (long Bytes, int Wanted, int[] Members, int Joiner, bool Moves, double Load)[] segments)
    {
        var cluster = new ClusterModel();
        foreach ((int zone, int state, long capacity, long other, double load) in nodes)
        {
            PlacementNodeState its = state == 0 ? PlacementNodeState.Dead : state == 1 ? PlacementNodeState.Leaving : PlacementNodeState.Active;
            cluster.AddNode(zone, capacity, state: its, otherBytes: other, otherLoad: load);
        }

        int[] living = [.. Enumerable.Range(0, nodes.Length).Where(node => cluster.Nodes[node].State != PlacementNodeState.Dead)];
        if (living.Length == 0) return cluster;
        foreach ((long bytes, int wanted, int[] members, int joiner, bool moves, double load) in segments)
        {
            int[] inSync = [.. members.Select(member => living[member % living.Length]).Distinct()];
            bool joins = joiner < living.Length && !inSync.Contains(living[joiner]);
            cluster.AddSegment(bytes, wanted, [.. inSync], load, joiner: joins ? living[joiner] : PlacementSegment.NoNode, isMoving: !joins && moves && load > 8);
        }

        return cluster;
    }
}
