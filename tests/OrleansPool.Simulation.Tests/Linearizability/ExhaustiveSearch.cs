using OrleansPool.Simulation.Linearizability;

namespace OrleansPool.Simulation.Tests.Linearizability;

/// <summary>The definition itself: tries every order of every choice of the unknown operations. For a handful of operations only.</summary>
internal static class ExhaustiveSearch
{
    public static bool IsLinearizable<TState, TInput, TOutput>(
        ISequentialModel<TState, TInput, TOutput> model, IReadOnlyList<HistoryOperation<TInput, TOutput>> history) =>
        Place(model, model.Initial, history);

    private static bool Place<TState, TInput, TOutput>(
        ISequentialModel<TState, TInput, TOutput> model, TState state, IReadOnlyList<HistoryOperation<TInput, TOutput>> left)
    {
        if (left.All(operation => !operation.IsKnown)) return true;
        foreach (HistoryOperation<TInput, TOutput> one in left)
        {
            if (left.Any(other => other.ReturnedAt < one.InvokedAt)) continue;
            TState next = model.Apply(state, one.Input, out TOutput output);
            if (one.IsKnown && !model.Matches(output, one.Output)) continue;
            HistoryOperation<TInput, TOutput>[] rest = [.. left.Where(other => other != one)];
            if (Place(model, next, rest)) return true;
        }

        return false;
    }
}
