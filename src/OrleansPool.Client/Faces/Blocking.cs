namespace OrleansPool.Client.Faces;

/// <summary>
/// Waits for asynchronous work where an interface is synchronous. Safe in a grain, on a UI thread and elsewhere: where continuations
/// would have to come back to the thread that waits, the work is begun on the thread pool, so that nothing of it needs that thread.
/// </summary>
/// <remarks>It costs the waiting thread, which in a grain is the grain's turn. Work that ends at once costs nothing.</remarks>
internal static class Blocking
{
    public static T Wait<TState, T>(TState state, Func<TState, ValueTask<T>> begin)
    {
        if (SynchronizationContext.Current is not null || TaskScheduler.Current != TaskScheduler.Default)
        {
            return Task.Run(() => begin(state).AsTask()).GetAwaiter().GetResult();
        }

        ValueTask<T> work = begin(state);
        return work.IsCompletedSuccessfully ? work.Result : work.AsTask().GetAwaiter().GetResult();
    }

    public static void Wait<TState>(TState state, Func<TState, ValueTask> begin) => Wait(
        (state, begin),
        static async pair =>
        {
            await pair.begin(pair.state);
            return 0;
        });
}
