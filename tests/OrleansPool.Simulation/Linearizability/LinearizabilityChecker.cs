namespace OrleansPool.Simulation.Linearizability;

/// <summary>
/// Decides whether a history of invocations and answers could have come from one object that does operations one at a time, each between its invocation
/// and its return (Herlihy and Wing 1990). It knows nothing else of the system: no viewstamps, no logs.
/// </summary>
public static class LinearizabilityChecker
{
    /// <summary>Checks the history of one object.</summary>
    public static CheckResult Check<TState, TInput, TOutput>(
        ISequentialModel<TState, TInput, TOutput> model, IEnumerable<HistoryOperation<TInput, TOutput>> history, CheckBudget budget)
        where TInput : notnull =>
        new LinearizationSearch<TState, TInput, TOutput>(model, history, budget).Run();

    /// <summary>
    /// Checks a history of many independent objects, one after the other: it is linearizable exactly if each object's is, and short histories are
    /// cheap. The budget's steps are for all of them together, its memory for each.
    /// </summary>
    /// <param name="model">What each object does.</param>
    /// <param name="history">All operations.</param>
    /// <param name="keyOf">Which object an operation is about.</param>
    /// <param name="budget">How much the check may cost.</param>
    public static CheckResult Check<TState, TInput, TOutput, TKey>(
        ISequentialModel<TState, TInput, TOutput> model,
        IEnumerable<HistoryOperation<TInput, TOutput>> history,
        Func<TInput, TKey> keyOf,
        CheckBudget budget)
        where TInput : notnull
    {
        CheckResult all = new(Verdict.Linearizable, 0, 0, "");
        foreach (IGrouping<TKey, HistoryOperation<TInput, TOutput>> part in history.GroupBy(operation => keyOf(operation.Input)))
        {
            CheckResult one = Check(model, part, budget with { StepCountMax = budget.StepCountMax - all.StepCount });
            all = all with { StepCount = all.StepCount + one.StepCount, PlacedCount = all.PlacedCount + one.PlacedCount };
            if (one.Verdict == Verdict.Linearizable || (one.Verdict == Verdict.Unknown && all.Verdict == Verdict.Unknown)) continue;
            all = all with { Verdict = one.Verdict, Explanation = $"{part.Key}: {one.Explanation}" };
            if (one.Verdict == Verdict.NotLinearizable) break;
        }

        return all;
    }
}
