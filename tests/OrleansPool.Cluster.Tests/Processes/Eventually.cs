using System.Diagnostics;

namespace OrleansPool.Cluster.Tests.Processes;

/// <summary>Waits for something that comes about by itself in other processes, and asks again until it has.</summary>
internal static class Eventually
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    public static async Task TrueAsync(Func<Task<bool>> isTrue, string what)
    {
        long started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(AskInterval); // asked in a tight loop, the question would starve what it waits for
        while (!await isTrue())
        {
            if (Stopwatch.GetElapsedTime(started) > WaitMax) Assert.Fail($"This did not come about within {WaitMax}: {what}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Asks again until the call raises an error.</summary>
    public static async Task<TError> ThrowsAsync<TError>(Func<Task> call, string what)
        where TError : Exception
    {
        TError? error = null;
        await TrueAsync(
            async () =>
            {
                try
                {
                    await call();
                    return false;
                }
                catch (TError e)
                {
                    error = e;
                    return true;
                }
            },
            what);
        return error!;
    }
}
