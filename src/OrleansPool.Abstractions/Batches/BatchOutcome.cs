namespace OrleansPool;

/// <summary>How one item of a batch that yields no value ended.</summary>
/// <remarks>Immutable and thread-safe. The default value is a success.</remarks>
public readonly struct BatchOutcome
{
    /// <summary>Makes the outcome of an item that failed.</summary>
    /// <param name="error">Why.</param>
    /// <exception cref="ArgumentNullException">There is no error.</exception>
    public BatchOutcome(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Error = error;
    }

    /// <summary>Whether the item was done.</summary>
    public bool IsOk => Error is null;

    /// <summary>Why the item was not done: the error that it alone would have raised. Null if it was done.</summary>
    public Exception? Error { get; }

    /// <summary>Raises the item's error, if it was not done.</summary>
    /// <exception cref="Exception">The item's own error.</exception>
    public void ThrowIfFailed()
    {
        if (Error is not null) throw Error;
    }
}
