namespace OrleansPool.Simulation.Linearizability;

/// <summary>
/// The search of Wing and Gong (1993) with the cache of Lowe (2017) and the lists of Porcupine (Athalye): place operations one by one, each before the first
/// return that is still to come; go back when nothing fits; never go on twice from the same placed set and state.
/// </summary>
/// <remarks>
/// Three shortcuts keep it short, and none loses an order:
/// <list type="bullet">
/// <item>A known operation that only looks is placed as soon as its answer fits, without alternative: in any order that goes on from here, it can be moved
/// to here.</item>
/// <item>An unknown operation is never placed where it changes nothing, since it may as well not have happened yet; the search ends when all known ones
/// are placed.</item>
/// <item>Of unknown operations with equal inputs, the one invoked first is placed first: they are interchangeable, and it was there whenever the other
/// was.</item>
/// </list>
/// Unknown operations are tried after the known ones: most never happened, and each that is placed too early is missing later.
/// </remarks>
internal sealed class LinearizationSearch<TState, TInput, TOutput>
    where TInput : notnull
{
    private const int None = -1;

    private readonly ISequentialModel<TState, TInput, TOutput> _model;
    private readonly HistoryOperation<TInput, TOutput>[] _operations;
    private readonly int _knownCount;
    private readonly bool[] _onlyLooks;
    private readonly int[] _twins;
    private readonly EntryList _entries;
    private readonly LinearizedSet _placed;
    private readonly StateCache<TState, TInput, TOutput> _visited;
    private readonly Stack<Frame> _frames = new();
    private readonly CheckBudget _budget;
    private TState _state;
    private int _knownPlacedCount;
    private long _stepCount;

    public LinearizationSearch(
        ISequentialModel<TState, TInput, TOutput> model, IEnumerable<HistoryOperation<TInput, TOutput>> history, CheckBudget budget)
    {
        _model = model;
        _budget = budget;
        _operations = [.. history.OrderBy(operation => !operation.IsKnown).ThenBy(operation => operation.InvokedAt)];
        _knownCount = _operations.Count(operation => operation.IsKnown);
        foreach (HistoryOperation<TInput, TOutput> operation in _operations)
        {
            if (operation.ReturnedAt < operation.InvokedAt) throw new ArgumentException($"{operation} returned before it was invoked.", nameof(history));
        }

        _onlyLooks = [.. _operations.Take(_knownCount).Select(operation => model.OnlyLooks(operation.Input, operation.Output))];
        _twins = Twins();
        _entries = new EntryList(
            [.. _operations.Select(operation => operation.InvokedAt)], [.. _operations.Take(_knownCount).Select(operation => operation.ReturnedAt)]);
        _placed = new LinearizedSet(_knownCount, _operations.Length - _knownCount);
        _visited = new StateCache<TState, TInput, TOutput>(model);
        _state = model.Initial;
    }

    public CheckResult Run()
    {
        int longestCount = None;
        int stuck = None;
        int after = None;
        while (_knownPlacedCount < _knownCount)
        {
            if (_stepCount >= _budget.StepCountMax) return Inconclusive($"{_stepCount} steps did not decide", longestCount);
            if (_visited.ByteCount >= _budget.CacheBytesMax) return Inconclusive($"{_visited.ByteCount} bytes of states did not decide", longestCount);
            if (TryPlaceOne(after))
            {
                after = None;
                continue;
            }

            if (_knownPlacedCount > longestCount) (longestCount, stuck) = (_knownPlacedCount, _entries.FirstToReturn());
            if (!TryGoBack(out after))
            {
                HistoryOperation<TInput, TOutput> one = _operations[stuck];
                string explanation = $"nothing explains client {one.Client}'s {one.Input} -> {one.Output}, invoked at {one.InvokedAt}";
                return new CheckResult(Verdict.NotLinearizable, _stepCount, longestCount, explanation);
            }
        }

        return new CheckResult(Verdict.Linearizable, _stepCount, _knownCount, "");
    }

    private CheckResult Inconclusive(string why, int longestCount) => new(Verdict.Unknown, _stepCount, Math.Max(longestCount, _knownPlacedCount), why);

    /// <param name="after">The last operation tried here; none on arriving.</param>
    private bool TryPlaceOne(int after)
    {
        if (after == None)
        {
            for (int known = _entries.NextKnown(None, out bool isReturn); !isReturn; known = _entries.NextKnown(known, out isReturn))
            {
                if (_onlyLooks[known] && Explains(known, out TState same)) return TryGoOn(known, same, isForced: true);
            }
        }

        if (after < _knownCount)
        {
            for (int known = _entries.NextKnown(after, out bool isReturn); !isReturn; known = _entries.NextKnown(known, out isReturn))
            {
                if (!_onlyLooks[known] && Explains(known, out TState next) && TryGoOn(known, next, isForced: false)) return true;
            }

            after = None;
        }

        long limit = _operations[_entries.FirstToReturn()].ReturnedAt;
        for (int unknown = _entries.NextUnknown(after); unknown != None; unknown = _entries.NextUnknown(unknown))
        {
            if (_operations[unknown].InvokedAt > limit) break;
            if (_twins[unknown] != None && !_placed.Contains(_twins[unknown])) continue;
            _stepCount++;
            TState next = _model.Apply(_state, _operations[unknown].Input, out _);
            if (!_model.AreEqual(_state, next) && TryGoOn(unknown, next, isForced: false)) return true;
        }

        return false;
    }

    private bool Explains(int operation, out TState next)
    {
        _stepCount++;
        next = _model.Apply(_state, _operations[operation].Input, out TOutput output);
        return _model.Matches(output, _operations[operation].Output);
    }

    private bool TryGoOn(int operation, TState next, bool isForced)
    {
        _placed.Add(operation);
        if (!_visited.TryAdd(_placed.Key(), next))
        {
            _placed.Remove(operation);
            return false;
        }

        _frames.Push(new Frame(operation, isForced, _state));
        _entries.Lift(operation);
        _state = next;
        if (operation < _knownCount) _knownPlacedCount++;
        return true;
    }

    private bool TryGoBack(out int operation)
    {
        while (_frames.TryPop(out Frame frame))
        {
            operation = frame.Operation;
            _entries.PutBack(operation);
            _placed.Remove(operation);
            _state = frame.Before;
            if (operation < _knownCount) _knownPlacedCount--;
            if (!frame.IsForced) return true;
        }

        operation = None;
        return false;
    }

    /// <summary>For each unknown operation the one with an equal input that was invoked just before it.</summary>
    private int[] Twins()
    {
        int[] twins = new int[_operations.Length];
        Dictionary<TInput, int> last = [];
        for (int operation = _knownCount; operation < _operations.Length; operation++)
        {
            TInput input = _operations[operation].Input;
            twins[operation] = last.GetValueOrDefault(input, None);
            last[input] = operation;
        }

        return twins;
    }

    private readonly record struct Frame(int Operation, bool IsForced, TState Before);
}
