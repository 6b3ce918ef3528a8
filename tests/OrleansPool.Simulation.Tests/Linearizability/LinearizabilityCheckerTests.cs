using System.Diagnostics;
using CsCheck;
using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Linearizability.Models;

namespace OrleansPool.Simulation.Tests.Linearizability;

public sealed class LinearizabilityCheckerTests
{
    [Fact]
    public void Nothing_is_linearizable() => new RegisterHistory().AssertIs(Verdict.Linearizable);

    [Fact]
    public void A_read_sees_what_was_written_before() =>
        new RegisterHistory().Read(null, 0, 1).Write(1, 2, 3).Read(1, 4, 5).AssertIs(Verdict.Linearizable);

    [Fact]
    public void A_read_of_what_nobody_wrote_is_found() => new RegisterHistory().Write(1, 0, 1).Read(2, 2, 3).AssertIs(Verdict.NotLinearizable);

    [Fact]
    public void A_stale_read_is_found_by_real_time_alone()
    {
        new RegisterHistory().Write(1, 0, 1).Write(2, 2, 3).Read(1, 4, 5).AssertIs(Verdict.NotLinearizable);
        new RegisterHistory().Write(1, 0, 1).Write(2, 2, 4).Read(1, 3, 5).AssertIs(Verdict.Linearizable);
    }

    [Fact]
    public void Reads_that_go_back_are_found() =>
        new RegisterHistory().Write(1, 0, 1).Write(2, 2, 9).Read(2, 3, 4).Read(1, 5, 6).AssertIs(Verdict.NotLinearizable);

    [Fact]
    public void Operations_that_touch_in_one_moment_are_in_either_order() =>
        new RegisterHistory().Write(1, 0, 1).Write(2, 1, 2).Read(1, 2, 3).AssertIs(Verdict.Linearizable);

    [Fact]
    public void A_compare_exchange_says_what_was_there()
    {
        new RegisterHistory().Write(1, 0, 1).Swap(1, 2, true, 2, 3).Swap(1, 3, false, 4, 5).Read(2, 6, 7).AssertIs(Verdict.Linearizable);
        new RegisterHistory().Write(1, 0, 1).Swap(2, 3, true, 2, 3).AssertIs(Verdict.NotLinearizable);
        new RegisterHistory().Write(1, 0, 1).Swap(1, 3, false, 2, 3).AssertIs(Verdict.NotLinearizable);
        new RegisterHistory().Swap(0, 1, false, 0, 1).AssertIs(Verdict.Linearizable);
    }

    [Fact]
    public void An_unknown_write_may_happen_never_or_much_later()
    {
        new RegisterHistory().Write(1, 0, 1).MaybeWrite(2, 2).Read(1, 3, 4).AssertIs(Verdict.Linearizable);
        new RegisterHistory().Write(1, 0, 1).MaybeWrite(2, 2).Read(1, 3, 4).Write(3, 5, 6).Read(2, 7, 8).AssertIs(Verdict.Linearizable);
    }

    [Fact]
    public void An_unknown_write_happens_once_and_not_before_it_is_asked_for()
    {
        new RegisterHistory().Write(1, 0, 1).MaybeWrite(2, 2).Read(2, 3, 4).Write(3, 5, 6).Read(2, 7, 8).AssertIs(Verdict.NotLinearizable);
        new RegisterHistory().Read(2, 0, 1).MaybeWrite(2, 2).AssertIs(Verdict.NotLinearizable);
    }

    [Fact]
    public void Equal_unknown_writes_happen_once_each()
    {
        RegisterHistory twice = new RegisterHistory().MaybeWrite(2, 0).Read(2, 1, 2).Write(3, 3, 4).MaybeWrite(2, 5).Read(2, 6, 7);
        twice.AssertIs(Verdict.Linearizable);
        twice.Write(4, 8, 9).Read(2, 10, 11).AssertIs(Verdict.NotLinearizable);
    }

    [Fact]
    public void A_write_of_what_is_there_already_may_be_needed_later() =>
        new RegisterHistory().Swap(2, 1, true, 1, 4).Write(2, 1, 5).Write(2, 2, 6).Read(2, 10, 14).AssertIs(Verdict.Linearizable);

    [Fact]
    public void An_unknown_compare_exchange_explains_what_only_it_could_write()
    {
        new RegisterHistory().Write(1, 0, 1).MaybeSwap(1, 2, 2).Read(2, 3, 4).AssertIs(Verdict.Linearizable);
        new RegisterHistory().Write(1, 0, 1).MaybeSwap(3, 2, 2).Read(2, 3, 4).AssertIs(Verdict.NotLinearizable);
    }

    [Fact]
    public void What_cannot_be_explained_is_named()
    {
        CheckResult result = new RegisterHistory().Write(1, 0, 1).Read(7, 2, 3).Write(5, 4, 6).Check();
        Assert.Equal(1, result.PlacedCount);
        Assert.Contains("client 1's", result.Explanation, StringComparison.Ordinal);
        Assert.Contains("invoked at 2", result.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void It_agrees_with_the_definition_on_every_small_history() =>
        Gen.Select(Gen.Int[0, 5], Gen.Long[1, 2], Gen.Long[1, 2], Gen.Bool, Gen.Int[0, 12], Gen.Int[0, 6]).Array[1, 7].Sample(
            drawn =>
            {
                var history = new RegisterHistory();
                foreach ((int kind, long value, long expected, bool done, int from, int length) in drawn)
                {
                    _ = kind switch
                    {
                        0 or 1 => history.Read(done ? value : null, from, from + length),
                        2 => history.Write(value, from, from + length),
                        3 => history.Swap(expected, value, done, from, from + length),
                        4 => history.MaybeWrite(value, from),
                        _ => history.MaybeSwap(expected, value, from),
                    };
                }

                bool expectedVerdict = ExhaustiveSearch.IsLinearizable(new RegisterModel(), history.Operations);
                return history.Check().Verdict == (expectedVerdict ? Verdict.Linearizable : Verdict.NotLinearizable);
            },
            iter: 20_000, threads: 1);

    [Fact]
    public void What_the_budget_does_not_decide_is_unknown()
    {
        // Writes that all overlap, and a read after them of what none wrote.
        var history = new RegisterHistory();
        for (int i = 0; i < 40; i++) history.Write(i, i, 1_000 + i);
        history.Read(-1, 2_000, 2_001);
        CheckResult bySteps = history.Check(CheckBudget.Default with { StepCountMax = 100_000 });
        CheckResult byBytes = history.Check(CheckBudget.Default with { CacheBytesMax = 1 << 20 });
        Assert.Equal(Verdict.Unknown, bySteps.Verdict);
        Assert.InRange(bySteps.StepCount, 100_000, 110_000);
        Assert.Contains("steps", bySteps.Explanation, StringComparison.Ordinal);
        Assert.Equal(Verdict.Unknown, byBytes.Verdict);
        Assert.Contains("bytes", byBytes.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_checked_on_their_own()
    {
        List<HistoryOperation<KeyValueInput, string>> history = [];
        for (int i = 0; i < 2_000; i++)
        {
            string key = $"{i % 100}";
            history.Add(new(i, new(KeyValueOperation.Append, key, "x"), "", i, i + 150));
        }

        for (int i = 0; i < 100; i++) history.Add(new(i, new(KeyValueOperation.Get, $"{i}"), new string('x', 20), 9_000, 9_001));
        Assert.Equal(Verdict.Linearizable, LinearizabilityChecker.Check(new KeyValueModel(), history, input => input.Key, CheckBudget.Default).Verdict);

        history.Add(new(7, new(KeyValueOperation.Get, "42"), "y", 9_002, 9_003));
        CheckResult broken = LinearizabilityChecker.Check(new KeyValueModel(), history, input => input.Key, CheckBudget.Default);
        Assert.Equal(Verdict.NotLinearizable, broken.Verdict);
        Assert.StartsWith("42: ", broken.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_is_not_decided_leaves_the_whole_undecided()
    {
        List<HistoryOperation<KeyValueInput, string>> history =
        [
            new(0, new(KeyValueOperation.Put, "a", "1"), "", 0, 1),
            new(0, new(KeyValueOperation.Put, "b", "1"), "", 2, 3),
        ];
        Assert.Equal(
            Verdict.Unknown,
            LinearizabilityChecker.Check(new KeyValueModel(), history, input => input.Key, CheckBudget.Default with { StepCountMax = 1 }).Verdict);
    }

    [Fact]
    public void A_long_history_with_many_unknown_outcomes_is_decided()
    {
        var random = new Random(17);
        var history = new RegisterHistory();
        long now = 0;
        long? value = null;
        for (int i = 0; i < 20_000; i++)
        {
            now += 10;
            if (i % 100 == 0)
                history.MaybeWrite(i, now);
            else if (random.Next(2) == 0)
                history.Write((value = i).Value, now, now + 30);
            else
                history.Read(value, now + 30, now + 39);
            if (i % 2 == 0) now += 40;
        }

        var time = Stopwatch.StartNew();
        CheckResult result = history.Check();
        Assert.True(result.Verdict != Verdict.Unknown, $"{result} after {time.Elapsed}");
    }

    [Fact]
    public void An_operation_that_ends_before_it_begins_is_refused() => Assert.Throws<ArgumentException>(() => new RegisterHistory().Read(1, 5, 4).Check());
}
