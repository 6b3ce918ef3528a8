namespace OrleansPool.Server.Nodes;

/// <summary>Runs work in rounds on the thread pool, one round at a time. Asking for a round while one runs makes sure of another after it.</summary>
/// <remarks>Thread-safe. The work must not throw.</remarks>
internal sealed class Rounds(Func<ValueTask> work)
{
    private const int None = 0, Running = 1, Wanted = 2;

    private int _state;

    /// <summary>Asks for a round that begins after this call.</summary>
    public void Ask()
    {
        if (Interlocked.Exchange(ref _state, Wanted) != None) return;
        ThreadPool.UnsafeQueueUserWorkItem(static rounds => _ = rounds.RunAsync(), this, preferLocal: false);
    }

    private async Task RunAsync()
    {
        do
        {
            Interlocked.Exchange(ref _state, Running);
            await work();
        }
        while (Interlocked.CompareExchange(ref _state, None, Running) != Running);
    }
}
