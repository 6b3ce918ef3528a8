namespace OrleansPool;

/// <summary>How one item of a batch ended: a value, or the error that the item alone would have raised.</summary>
/// <typeparam name="T">What the item yields.</typeparam>
/// <remarks>Immutable and thread-safe. The default value is a success with a default value.</remarks>
public readonly struct BatchResult<T>
{
    private readonly T _value;

    /// <summary>Makes the result of an item that was done.</summary>
    /// <param name="value">What it yields.</param>
    public BatchResult(T value) => _value = value;

    /// <summary>Makes the result of an item that failed.</summary>
    /// <param name="error">Why.</param>
    /// <exception cref="ArgumentNullException">There is no error.</exception>
    public BatchResult(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Error = error;
        _value = default!;
    }

    /// <summary>Whether the item was done.</summary>
    public bool IsOk => Error is null;

    /// <summary>Why the item was not done; null if it was.</summary>
    public Exception? Error { get; }

    /// <summary>What the item yields.</summary>
    /// <exception cref="Exception">The item's own error, if it was not done.</exception>
    public T Value => Error is null ? _value : throw Error;
}
