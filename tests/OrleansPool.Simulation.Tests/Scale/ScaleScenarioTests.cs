using System.Diagnostics;
using OrleansPool.Core.Placement;
using OrleansPool.Simulation.Scale;

namespace OrleansPool.Simulation.Tests.Scale;

public sealed class ScaleScenarioTests(ITestOutputHelper output)
{
    private readonly ScaleScenario _scenario = new(1_000, seed: 20);

    [Theory]
    [InlineData(1_000)]
    [InlineData(25_000)]
    public void A_million_leases_load_no_node_by_a_tenth_more_than_the_mean(int leasesPerInterval)
    {
        ScaleScenario.LeaseSpread spread = _scenario.PlaceLeases(1_000_000, fill: 0.5, leasesPerInterval);
        output.WriteLine($"{leasesPerInterval} leases between two loads: {spread}");
        Assert.True(spread is { MaxToMean: < 1.1, MinToMean: > 0.9, RefusedCount: 0 }, $"{spread}");
    }

    [Fact]
    public void Nodes_of_other_sizes_get_what_falls_to_their_size()
    {
        ScaleScenario.LeaseSpread spread = _scenario.PlaceLeases(1_000_000, fill: 0.7, 10_000, node => node % 4 == 0 ? 2 : 2.0 / 3);
        output.WriteLine($"{spread}");
        Assert.True(spread is { MaxToMean: < 1.1, MinToMean: > 0.9, RefusedCount: 0 }, $"{spread}");
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 10)]
    [InlineData(3, 1)]
    [InlineData(3, 10)]
    public void A_node_that_dies_costs_little_more_copying_than_what_it_held_and_many_share_it(int wantedCopies, int zoneCount)
    {
        ScaleScenario.Recovery recovery = _scenario.LoseNode(120_000 / wantedCopies, wantedCopies, zoneCount);
        output.WriteLine($"{wantedCopies} copies, {zoneCount} zones: {recovery}");
        Assert.True(recovery.IsWhole, $"{recovery}");
        Assert.True(recovery.CopiedToHeld is >= 1 and <= 1.2, $"{recovery}");
        Assert.True(recovery is { SourceCount: >= 8, TargetCount: >= 8 }, $"{recovery}");
    }

    [Fact]
    public void A_round_over_200_000_segments_takes_well_under_a_second()
    {
        ClusterModel cluster = _scenario.MakeSegments(200_000, wantedCopies: 2, zoneCount: 10);
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            PlacementState state = cluster.Observe();
            long startedAt = Stopwatch.GetTimestamp();
            RebalancingRound round = RebalancingPlan.Next(state, RebalancingLimits.Default);
            TimeSpan took = Stopwatch.GetElapsedTime(startedAt);
            output.WriteLine($"{round.Outcome}, {round.Steps.Length} steps: {took.TotalMilliseconds:f0} ms");
            best = took < best ? took : best;
            cluster.Finish(_ => true);
            cluster.Begin(round.Steps);
        }

        Assert.True(best < TimeSpan.FromSeconds(1), $"{best}");
    }
}
