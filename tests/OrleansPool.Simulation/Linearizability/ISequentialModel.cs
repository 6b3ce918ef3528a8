namespace OrleansPool.Simulation.Linearizability;

/// <summary>
/// What one object does when operations come one after the other: a pure, deterministic function. Outputs are compared with what clients saw.
/// </summary>
/// <typeparam name="TState">A value that never changes: <see cref="Apply"/> makes a new one.</typeparam>
/// <typeparam name="TInput">An operation and its arguments. Equal inputs do the same.</typeparam>
/// <typeparam name="TOutput">What the operation answers.</typeparam>
public interface ISequentialModel<TState, TInput, TOutput>
{
    /// <summary>The state before the first operation.</summary>
    TState Initial { get; }

    /// <summary>Does one operation.</summary>
    /// <returns>The state after it; the same state if it changes nothing.</returns>
    TState Apply(TState state, TInput input, out TOutput output);

    /// <summary>Whether a client that should see one output may have seen the other.</summary>
    bool Matches(TOutput expected, TOutput seen) => EqualityComparer<TOutput>.Default.Equals(expected, seen);

    /// <summary>
    /// Whether an operation that gave this answer only looked, whatever the state was. Not so for a write of what is there already: elsewhere it writes.
    /// </summary>
    bool OnlyLooks(TInput input, TOutput output);

    /// <summary>Whether two states are the same.</summary>
    bool AreEqual(TState left, TState right) => EqualityComparer<TState>.Default.Equals(left, right);

    /// <summary>A hash that agrees with <see cref="AreEqual"/>.</summary>
    int Hash(TState state) => state is null ? 0 : EqualityComparer<TState>.Default.GetHashCode(state);

    /// <summary>About how much memory a state keeps, for the budget.</summary>
    long BytesOf(TState state);
}
