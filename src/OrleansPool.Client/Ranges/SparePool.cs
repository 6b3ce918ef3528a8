namespace OrleansPool.Client.Ranges;

/// <summary>Objects to be used again, so that operations allocate nothing. Keeps a bounded number; more are left to the garbage collector.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SparePool<T>(int countMax)
    where T : class, new()
{
    private readonly Lock _lock = new();
    private readonly Stack<T> _spares = new();

    /// <summary>Takes one, or makes one.</summary>
    public T Take()
    {
        lock (_lock)
        {
            if (_spares.TryPop(out T? spare)) return spare;
        }

        return new T();
    }

    /// <summary>Gives one back.</summary>
    public void Return(T spare)
    {
        lock (_lock)
        {
            if (_spares.Count < countMax) _spares.Push(spare);
        }
    }
}
