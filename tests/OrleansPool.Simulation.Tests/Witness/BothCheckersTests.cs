using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Witness;

namespace OrleansPool.Simulation.Tests.Witness;

/// <summary>The two checkers know different things of one run, and must not contradict each other.</summary>
public sealed class BothCheckersTests
{
    private const int RunCount = 150;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Runs_of_a_right_memory_pass_both(bool losesAnswers)
    {
        for (int seed = 0; seed < RunCount; seed++)
        {
            var run = new RandomRun(
                new RunOptions { Seed = seed, LossPercent = losesAnswers ? 10 : 0, Takes = seed % 2 == 0, ClientCount = 2 + seed % 6 });
            AssertHolds(run.Witness(), seed);
            Assert.Equal((seed, Verdict.Linearizable), (seed, run.BlackBox().Verdict));
        }
    }

    [Fact]
    public void Blocks_that_keep_their_bytes_under_a_new_generation_pass_the_witness()
    {
        for (int seed = 0; seed < RunCount; seed++)
            AssertHolds(new RandomRun(new RunOptions { Seed = seed, LossPercent = 10, Takes = true, Transfers = true }).Witness(), seed);
    }

    [Fact]
    public void A_read_of_bytes_that_never_were_fails_both() =>
        Corrupt(
            one => one.Seen is { Kind: WitnessedKind.Read, Outcome: WitnessedOutcome.Ok },
            one => one.Bytes[^1] ^= 0x80,
            ViolationKind.WrongBytes);

    [Fact]
    public void A_wrong_sum_fails_both() =>
        Corrupt(
            one => one.Seen is { Kind: WitnessedKind.Add, Outcome: WitnessedOutcome.Ok },
            one => one.Seen = one.Seen with { Value = one.Seen.Value + 1 },
            ViolationKind.ReplyDiffers);

    [Fact]
    public void A_comparison_that_failed_and_did_not_fail_fails_both() =>
        Corrupt(
            one => one.Seen is { Kind: WitnessedKind.CompareExchange, Outcome: WitnessedOutcome.Mismatch },
            one => one.Seen = one.Seen with { Outcome = WitnessedOutcome.Ok },
            ViolationKind.ReplyDiffers);

    [Fact]
    public void A_read_that_ended_before_what_it_saw_was_written_fails_both() =>
        Corrupt(
            one => one.Seen is { Kind: WitnessedKind.Read, Outcome: WitnessedOutcome.Ok } && one.Bytes.Any(value => value != 0),
            one => one.Seen = one.Seen with { InvokedAt = -2, CompletedAt = -1 },
            ViolationKind.OutOfOrder);

    [Theory]
    [InlineData(RunBug.LosesWrite, ViolationKind.NeverExecuted)]
    [InlineData(RunBug.ReadsStale, ViolationKind.OutOfOrder)]
    [InlineData(RunBug.ReadsStaleUnderNewViewstamp, ViolationKind.WrongBytes)]
    [InlineData(RunBug.TearsRead, ViolationKind.WrongBytes)]
    [InlineData(RunBug.ExecutesTwice, ViolationKind.ExecutedTwice)]
    [InlineData(RunBug.AnswersOldValue, ViolationKind.ReplyDiffers)]
    [InlineData(RunBug.RefusesWhatRan, ViolationKind.RefusedButExecuted)]
    public void What_the_black_box_finds_the_witness_finds(RunBug bug, ViolationKind kind)
    {
        int foundByBoth = 0;
        int foundKind = 0;
        for (int seed = 0; seed < RunCount; seed++)
        {
            var run = new RandomRun(new RunOptions { Seed = seed, Bug = bug, LossPercent = seed % 3 * 5, Takes = seed % 2 == 0 });
            WitnessReport report = run.Witness();
            Verdict verdict = run.BlackBox().Verdict;
            Assert.NotEqual(Verdict.Unknown, verdict);
            Assert.True(verdict == Verdict.Linearizable || !report.Holds, $"{bug}, seed {seed}: only the black box finds it");
            if (run.BugCount == 0) AssertHolds(report, seed);
            if (verdict == Verdict.NotLinearizable) foundByBoth++;
            if (report.Violations.Any(one => one.Kind == kind)) foundKind++;
        }

        Assert.True(foundByBoth > RunCount / 4, $"both find {bug} in {foundByBoth} runs only");
        Assert.True(foundKind > RunCount / 2, $"the witness finds {kind} in {foundKind} runs only");
    }

    private static void Corrupt(Func<RunOperation, bool> canBe, Action<RunOperation> corrupt, ViolationKind kind)
    {
        int corruptedCount = 0;
        for (int seed = 0; seed < RunCount; seed++)
        {
            var run = new RandomRun(new RunOptions { Seed = seed });
            RunOperation[] candidates = [.. run.Operations.Where(canBe)];
            if (candidates.Length == 0) continue;
            corruptedCount++;
            corrupt(candidates[seed % candidates.Length]);
            Assert.Contains(run.Witness().Violations, one => one.Kind == kind);
            Assert.Equal((seed, Verdict.NotLinearizable), (seed, run.BlackBox().Verdict));
        }

        Assert.True(corruptedCount > RunCount / 2);
    }

    private static void AssertHolds(WitnessReport report, int seed) =>
        Assert.True(report.Holds, $"seed {seed}: {string.Join('\n', report.Violations.Take(3))}");
}
