using CsCheck;
using OrleansPool.Core.Placement;
using OrleansPool.Simulation.Scale;

namespace OrleansPool.Core.Tests.Placement;

public sealed class RebalancingPlanTests
{
    private const int RoundsMax = 600;

    private static readonly RebalancingLimits Limits = new() { CopiesPerSourceMax = 2, CopiesPerTargetMax = 2, CopiesMax = 7, StepsMax = 20, ScatterWidth = 4 };

    [Fact]
    public void From_any_state_rounds_come_to_one_without_steps_and_again_after_a_node_came_or_died() =>
        Gen.Select(ClusterGen.Any, ClusterGen.Limits, Gen.Bool).Sample(
            (cluster, limits, dies) =>
            {
                Settles(cluster, limits);
                if (dies && cluster.Nodes.Count > 0) cluster.Kill(0);
                else cluster.AddNode(zone: 2, 300);
                Settles(cluster, limits);
            },
            iter: 5_000, threads: 2);

    [Fact]
    public void Every_step_is_one_that_the_segment_can_take() =>
        ClusterGen.Any.Sample(cluster => cluster.Settle(Limits, RoundsMax, CheckSteps), iter: 1_000, threads: 2);

    [Fact]
    public void Copies_under_way_are_bounded_by_source_by_target_and_in_all() =>
        ClusterGen.Any.Sample(cluster => cluster.Settle(Limits, RoundsMax, CheckBounds), iter: 1_000, threads: 2);

    [Fact]
    public void The_same_state_has_the_same_steps_in_whatever_order_it_is_listed() =>
        Gen.Select(ClusterGen.Any, Gen.ULong).Sample(
            (cluster, seed) =>
            {
                PlacementState state = cluster.Observe();
                int[] nodes = Shuffled(state.Nodes.Length, seed);
                int[] segments = Shuffled(state.Segments.Length, seed + 1);
                int[] nodeAt = Inverse(nodes);
                var other = new PlacementState(
                    [.. nodes.Select(node => state.Nodes[node])],
                    [.. segments.Select(segment => Renamed(state.Segments[segment], nodeAt))]);

                RebalancingRound one = RebalancingPlan.Next(state, Limits);
                RebalancingRound two = RebalancingPlan.Next(other, Limits);
                Assert.Equal(one.Outcome, two.Outcome);
                Assert.Equal(one.Steps, two.Steps.Select(step => step with { Segment = segments[step.Segment], Node = nodes[step.Node] }));
            },
            iter: 2_000, threads: 2);

    [Fact]
    public void At_the_end_every_segment_has_its_copies_or_there_is_no_place_for_them() =>
        ClusterGen.Any.Sample(
            cluster =>
            {
                RebalancingRound last = cluster.Settle(Limits, RoundsMax) ?? throw new InvalidOperationException("It did not settle.");
                PlacementState state = cluster.Observe();
                bool isBlocked = false;
                foreach (PlacementSegment segment in state.Segments)
                {
                    int active = segment.InSync.Count(member => state.Nodes[member].State == PlacementNodeState.Active);
                    bool hasPlace = state.Nodes.Where((node, i) => IsPlace(node, segment.Bytes) && !segment.InSync.Contains(i)).Any();
                    Assert.True(active == segment.WantedCopies || !hasPlace, $"{segment} lacks copies and there is room.");
                    Assert.True(active < segment.WantedCopies || segment.InSync.Length == active, $"{segment} has copies on nodes that leave.");
                    Assert.True(active == 0 || state.Nodes[segment.Primary].State == PlacementNodeState.Active, $"{segment} has a primary that leaves.");
                    isBlocked |= active < segment.WantedCopies;
                }

                if (state.Nodes.Any(node => node.State == PlacementNodeState.Active)) Assert.Equal(isBlocked, last.Outcome != RebalancingOutcome.Settled);
            },
            iter: 2_000, threads: 2);

    private static void Settles(ClusterModel cluster, RebalancingLimits limits)
    {
        RebalancingRound? last = cluster.Settle(limits, RoundsMax);
        Assert.True(last is { Outcome: not RebalancingOutcome.Steps and not RebalancingOutcome.UnderWay }, $"{last}");
    }

    private static bool IsPlace(PlacementNode node, long bytes) => node.State == PlacementNodeState.Active && node.CapacityBytes - node.UsedBytes >= bytes;

    private static void CheckSteps(PlacementState state, RebalancingRound round)
    {
        Assert.Equal(round.Steps.IsEmpty, round.Outcome != RebalancingOutcome.Steps);
        Assert.True(round.Steps.Length <= Limits.StepsMax);
        Assert.Equal(round.Steps.Length, round.Steps.Select(step => step.Segment).Distinct().Count());
        long[] free = [.. state.Nodes.Select(node => node.CapacityBytes - node.UsedBytes)];
        foreach (PlacementStep step in round.Steps)
        {
            PlacementSegment segment = state.Segments[step.Segment];
            Assert.True(segment.Joiner < 0 && !segment.IsMoving, "A segment with something under way is left alone.");
            int active = segment.InSync.Count(member => state.Nodes[member].State == PlacementNodeState.Active);
            bool stays = state.Nodes[step.Node].State == PlacementNodeState.Active;
            switch (step.Kind)
            {
                case PlacementStepKind.StartJoin:
                    Assert.True(stays && !segment.InSync.Contains(step.Node));
                    free[step.Node] -= segment.Bytes;
                    Assert.True(free[step.Node] >= 0, "A target has the room.");
                    break;
                case PlacementStepKind.MovePrimary:
                    Assert.True(segment.InSync.Contains(step.Node) && step.Node != segment.Primary && (stays || active == 0));
                    break;
                default:
                    Assert.True(segment.InSync.Contains(step.Node) && step.Node != segment.Primary);
                    Assert.True(segment.InSync.Length > segment.WantedCopies || (!stays && active >= segment.WantedCopies));
                    break;
            }
        }
    }

    private static void CheckBounds(PlacementState state, RebalancingRound round)
    {
        PlacementStep[] starts = [.. round.Steps.Where(step => step.Kind == PlacementStepKind.StartJoin)];
        PlacementSegment[] before = [.. state.Segments.Where(segment => segment.Joiner >= 0)];
        PlacementSegment[] after = [.. before, .. starts.Select(step => state.Segments[step.Segment] with { Joiner = step.Node })];
        Check(before.Length, after.Length, Limits.CopiesMax);
        for (int node = 0; node < state.Nodes.Length; node++)
        {
            Check(before.Count(segment => segment.Primary == node), after.Count(segment => segment.Primary == node), Limits.CopiesPerSourceMax);
            Check(before.Count(segment => segment.Joiner == node), after.Count(segment => segment.Joiner == node), Limits.CopiesPerTargetMax);
        }

        static void Check(int before, int after, int max) => Assert.True(after <= Math.Max(before, max), $"{before} became {after}, and {max} are allowed.");
    }

    private static PlacementSegment Renamed(PlacementSegment segment, int[] nodeAt) => segment with
    {
        Primary = nodeAt[segment.Primary],
        InSync = [.. segment.InSync.Select(member => nodeAt[member])],
        Joiner = segment.Joiner < 0 ? segment.Joiner : nodeAt[segment.Joiner],
    };

    private static int[] Shuffled(int count, ulong seed) => [.. Enumerable.Range(0, count).OrderBy(i => PlacementHash.Of(seed, (ulong)i))];

    private static int[] Inverse(int[] order)
    {
        int[] at = new int[order.Length];
        for (int i = 0; i < order.Length; i++) at[order[i]] = i;
        return at;
    }
}
