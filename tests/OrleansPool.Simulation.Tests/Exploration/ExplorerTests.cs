using OrleansPool.Simulation.Commands;
using OrleansPool.Simulation.Exploration;

namespace OrleansPool.Simulation.Tests.Exploration;

/// <summary>Scopes smaller than those of the command, gone through to the end.</summary>
public sealed class ExplorerTests
{
    [Fact]
    public void A_crash_and_a_verdict_in_any_order_with_a_write_break_nothing() => Explore(new Scope { Writes = 1, Steps = 1, Late = 0 });

    [Fact]
    public void A_silo_that_becomes_a_member_while_any_silo_crashes_breaks_nothing() => Explore(Scope.WithJoiner with { Steps = 0, Verdicts = 0 });

    [Fact]
    public void A_cached_copy_is_never_older_than_what_was_answered() => Explore(Scope.WithCache with { Writes = 1, CachedReads = 1, Steps = 1 });

    [Fact]
    public void A_cached_copy_from_before_a_join_does_not_outlast_what_it_rests_on() => Explore(Scope.WithJoinerAndCache with { Steps = 1, Late = 0 });

    [Fact]
    public void A_cached_copy_does_not_outlast_a_takeover_that_waits_twice_a_lease() => Explore(Scope.WithLateGrant with { Steps = 1 });

    [Fact]
    public void An_exploration_that_does_not_come_to_its_end_fails()
    {
        using var output = new StringWriter();
        Assert.Equal(ExitCode.Failed, new ExploreCommand().Run(["--joiner", "--states", "100"], output, output));
        Assert.Contains("NOT to completion", output.ToString(), StringComparison.Ordinal);
    }

    private static void Explore(Scope scope)
    {
        ExplorationResult result = new Explorer(scope, TextWriter.Null).Run();
        Assert.Null(result.Violation);
        Assert.True(result.IsComplete);
        Assert.True(result.States > 1_000, $"{result.States} states");
    }
}
